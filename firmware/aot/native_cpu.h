/* The CPU that the firmware is compiled for, in the words of tables/native_targets.def: each is 1 or 0. */
#ifndef AOT_NATIVE_CPU_H
#define AOT_NATIVE_CPU_H

#if defined(__x86_64__)
#define CPU_X86_64 1
#else
#define CPU_X86_64 0
#endif

#if defined(__aarch64__)
#define CPU_AARCH64 1
#else
#define CPU_AARCH64 0
#endif

#if defined(__riscv)
#define CPU_RISCV32 (__riscv_xlen == 32)
#define CPU_RISCV64 (__riscv_xlen == 64)
#else
#define CPU_RISCV32 0
#define CPU_RISCV64 0
#endif

#if defined(__riscv_atomic) || defined(__riscv_a)
#define CPU_RISCV_A 1
#else
#define CPU_RISCV_A 0
#endif

/* Not whether the registers exist but whether the firmware keeps them for its callers: that is part of its float ABI. */
#if defined(__riscv_float_abi_double)
#define CPU_RISCV_D 1
#define CPU_RISCV_F 1
#elif defined(__riscv_float_abi_single)
#define CPU_RISCV_D 0
#define CPU_RISCV_F 1
#else
#define CPU_RISCV_D 0
#define CPU_RISCV_F 0
#endif

/* Cortex-M, and larger cores when they run Thumb code: those can do all that a Cortex-M4 does. */
#if defined(__thumb__)
#define CPU_THUMB 1
#define CPU_THUMB_V7M (__ARM_ARCH_ISA_THUMB == 2)
#else
#define CPU_THUMB 0
#define CPU_THUMB_V7M 0
#endif

#if defined(__ARM_FEATURE_DSP)
#define CPU_THUMB_V7EM CPU_THUMB_V7M
#else
#define CPU_THUMB_V7EM 0
#endif

#if defined(__ARM_ARCH) && __ARM_ARCH >= 8
#define CPU_THUMB_V8M CPU_THUMB_V7EM
#else
#define CPU_THUMB_V8M 0
#endif

#if defined(__ARM_FP)
#define CPU_THUMB_FP CPU_THUMB
#else
#define CPU_THUMB_FP 0
#endif

/* Code begins at multiples of this. */
#if CPU_X86_64
#define CPU_CODE_ALIGN 1u
#elif CPU_AARCH64
#define CPU_CODE_ALIGN 4u
#else
#define CPU_CODE_ALIGN 2u
#endif

#endif
