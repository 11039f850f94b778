/* See native_file.h. */
#include "native_file.h"
#include "aot/native_hash.h"

static const uint8_t module[] = {
    0, 0x61, 0x73, 0x6D, 1, 0, 0, 0,
    1, 10, 2, 0x60, 1, 0x7F, 1, 0x7F, 0x60, 0, 1, 0x7F,                                  /* types */
    2, 9, 1, 3, 'e', 'n', 'v', 1, 'f', 0, 0,                                             /* import */
    3, 6, 5, 0, 1, 1, 0, 0,                                                              /* functions */
    5, 3, 1, 0, 1,                                                                       /* memory */
    7, 37, 5, 4, 'n', 'e', 'x', 't', 0, 1, 4, 't', 'r', 'a', 'p', 0, 2, 5, 'o', 'u', 't', 'e', 'r', 0, 3,
    4, 'h', 'o', 's', 't', 0, 4, 4, 'l', 'o', 'a', 'd', 0, 5,
};
static const uint8_t code_section[] = {
    10, 28, 5, 4, 0, 0x20, 0, 0x0B, 4, 0, 0x41, 5, 0x0B, 4, 0, 0x41, 6, 0x0B, 6, 0, 0x20, 0, 0x10, 0, 0x0B, 4, 0, 0x41, 7, 0x0B,
};

#if CPU_X86_64
#define TARGET "x86-64"
const bool native_file_can_run = true;
static const uint8_t image[] = {
    /* 0 next: lea eax, [rsi + 1]; ret */
    0x8D, 0x46, 0x01, 0xC3,
    /* 4 trap: push rax; mov rax, [rdi + helpers]; mov esi, 1; mov edx, 77; call [rax + TRAP] */
    0x50, 0x48, 0x8B, 0x47, 0x28, 0xBE, 1, 0, 0, 0, 0xBA, 77, 0, 0, 0, 0xFF, 0x10, 0xCC,
    /* 22 outer: sub rsp, 24; call trap; int3 */
    0x48, 0x83, 0xEC, 0x18, 0xE8, 0xE5, 0xFF, 0xFF, 0xFF, 0xCC,
    /* 32 host: sub rsp, 24; mov [rsp], esi; mov rax, [rdi + imports]; mov rsi, [rax]; mov rdx, rsp; mov rax, [rdi + helpers];
       call [rax + 8]; mov eax, [rsp]; add rsp, 24; ret */
    0x48, 0x83, 0xEC, 0x18, 0x89, 0x34, 0x24, 0x48, 0x8B, 0x47, 0x30, 0x48, 0x8B, 0x30, 0x48, 0x89, 0xE2, 0x48, 0x8B, 0x47, 0x28,
    0xFF, 0x50, 0x08, 0x8B, 0x04, 0x24, 0x48, 0x83, 0xC4, 0x18, 0xC3,
    /* 64 load: mov rax, [rdi + memory_base]; mov esi, esi; mov eax, [rax + rsi]; ret */
    0x48, 0x8B, 0x47, 0x10, 0x89, 0xF6, 0x8B, 0x04, 0x30, 0xC3,
    /* 74 entry (i32) -> i32: push rbx; mov rbx, rdx; mov rax, rsi; mov esi, [rdx]; call rax; mov [rbx], eax; pop rbx; ret */
    0x53, 0x48, 0x89, 0xD3, 0x48, 0x89, 0xF0, 0x8B, 0x32, 0xFF, 0xD0, 0x89, 0x03, 0x5B, 0xC3,
    /* 89 entry () -> i32: push rbx; mov rbx, rdx; call rsi; mov [rbx], eax; pop rbx; ret */
    0x53, 0x48, 0x89, 0xD3, 0xFF, 0xD6, 0x89, 0x03, 0x5B, 0xC3, 0xCC,
};
#else
#if CPU_AARCH64
#define TARGET "aarch64"
#elif CPU_RISCV32
#define TARGET "rv32imc"
#else
#define TARGET "thumbv6m"
#endif
const bool native_file_can_run = false;
static const uint8_t image[100] = {0};
#endif

static const char names[] = TARGET;
static const uint32_t codes[] = {0, 4, 22 + 2 * !CPU_X86_64, 32, 64, 74 + 2 * !CPU_X86_64, 89 - !CPU_X86_64};
static const uint32_t entries[] = {74 + 2 * !CPU_X86_64, 89 - !CPU_X86_64};
static const struct mote_native_frame frames[] = {{0, 0}, {2, 1}, {4, 1}, {4, 1}, {0, 0}, {2, 1}, {2, 1}};
static const uint8_t lines[] = {0, 40, 4, 2, 18, 10}; /* at 0: 40, at 4: 42, at 22: 52 */

static uint32_t put(struct native_file *file, const void *bytes, size_t size, uint32_t alignment)
{
    while (file->size % alignment) {
        file->bytes[file->size++] = 0;
    }
    uint32_t at = file->size;
    memcpy(file->bytes + at, bytes, size);
    file->size += (uint32_t)size;
    return at - (file->header ? (uint32_t)((uint8_t *)file->header - file->bytes) : 0);
}

void native_file_make(struct native_file *file)
{
    memset(file, 0, sizeof *file);
    put(file, module, sizeof module, 1);
    file->code_at = put(file, code_section, sizeof code_section, 1) + 2;
    file->code_size = sizeof code_section - 2;
    static const uint8_t name[] = "\0\x80\x80\x00\x0Bmote.native"; /* the size is filled in below */
    uint32_t section = put(file, name, 16, 1) + 4;
    uint8_t padding = (uint8_t)(15 - file->size % 16);
    put(file, &padding, 1, 1);
    file->size += padding;
    static const struct mote_native_header empty;
    struct mote_native_header *header = (void *)(file->bytes + file->size);
    put(file, &empty, sizeof empty, 16);
    file->header = header;
    *header = (struct mote_native_header){
        .magic = 0x74616E6D, .abi_major = 1, .flags = NATIVE_CHECKS, .stack_bytes = 32, .func_count = 5,
        .code_count = MOTE_COUNT(codes), .type_count = 2, .names_size = sizeof names, .image_size = sizeof image, .image_align = 16,
    };
    header->names_at = put(file, names, sizeof names, 4);
    header->codes_at = put(file, codes, sizeof codes, 4);
    header->entries_at = put(file, entries, sizeof entries, 4);
    header->frames_at = put(file, frames, sizeof frames, 4);
    header->lines_at = put(file, lines, sizeof lines, 4);
    header->lines_size = sizeof lines;
    header->image_at = put(file, image, sizeof image, 16);
    uint32_t size = file->size - section;
    file->bytes[section - 3] = (uint8_t)(size | 0x80);
    file->bytes[section - 2] = (uint8_t)(size >> 7 | 0x80);
    file->bytes[section - 1] = 0;
    native_file_seal(file);
}

void native_file_seal(struct native_file *file)
{
    struct mote_native_header *header = file->header;
    const uint8_t *start = (const uint8_t *)header;
    header->image_hash = mote_native_hash_bytes(header->image_size, start + header->image_at, header->image_size);
    header->code_hash = mote_native_hash_bytes(file->code_at + file->code_size - 8, file->bytes + 8, file->code_at + file->code_size - 8);
    header->header_hash = 0;
    header->header_hash = mote_native_hash_bytes(header->image_at, start, header->image_at);
}
