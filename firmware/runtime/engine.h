/* What an engine provides to the runtime (it includes us, never the other way round). */
#ifndef RUNTIME_ENGINE_H
#define RUNTIME_ENGINE_H

#include "runtime/agent.h"
#include "wasm/emit.h"

/* A sink that makes code for the module's functions while they are validated. NULL when there is no memory. */
struct mote_emit *mote_engine_translator_new(struct mote_module *module);
/* Ends the translation: gives unused room back. */
void mote_engine_translator_free(struct mote_emit *emit, struct mote_module *module);

/* Prepares a new agent. */
void mote_engine_agent_init(struct mote_agent *agent);

/* Runs a wasm function: arguments in cells at `fp`, results there afterwards. Only returns when it has returned or trapped; then
   agent->trap_pc and agent->fp say where. */
enum mote_trap mote_engine_run(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp);

/* Tells the frames of the run that has just trapped to mote_agent_record_frame, innermost first. */
void mote_engine_record_frames(struct mote_agent *agent, const uint8_t *entry_fp);

/* The offset in the module's bytes of the instruction to which register code at `pc` belongs; MOTE_NO_INDEX when that cannot be
   found out (no memory). */
uint32_t mote_engine_locate(const struct mote_func *func, const uint16_t *pc);

#endif
