/*
 * A TCG plugin of QEMU: exact instructions and estimated cycles of a Cortex-M7, by region and function.
 *
 *     -plugin <this>,symbols=FILE,out=FILE[,memory=... once for each, see memory.h]
 *
 * The pipeline's cycles do not depend on the memory, so that one run is measured against several memories at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "qemu.h"
#include "timing.h"

int qemu_plugin_version = QEMU_API;

static const char *out = "figures.json";
static Block *running;
static uint64_t stalls[MEMORIES_MAX]; /* of its accesses so far */

/* ---- execution ---- */

static void leave(uint32_t next)
{
    if (running->executions == 0) {
        figures_add(running);
    }
    for (int i = 0; i < memory_count; i++) {
        for (uint32_t line = running->start / LINE_BYTES; line <= (running->end - 1) / LINE_BYTES; line++) {
            stalls[i] += memory_fetch(&memories[i], line * LINE_BYTES);
        }
    }
    timing_leave(running, next, stalls);
    running = NULL;
}

static void on_block(unsigned cpu, void *data)
{
    (void)cpu;
    Block *block = data;
    if (running != NULL) {
        leave(block->start);
    }
    memset(stalls, 0, sizeof stalls);
    if (!block->of_harness) {
        running = block;
        timing_enter(block);
    }
}

/* What is known of an access when it is translated. */
typedef struct {
    int index;
    bool stores;
    bool several_words; /* takes its time whatever the address */
    bool bank_matters;  /* a load beside a load */
} Access;

static void on_access(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
    (void)cpu;
    const Access *access = data;
    const uint32_t at = (uint32_t)address;
    if (running == NULL) {
        return;
    }
    if (!access->several_words) {
        const uint32_t low_bits = (1u << qemu_plugin_mem_size_shift(info)) - 1;
        timing_access(access->index, at, (at & low_bits) != 0, access->bank_matters);
    }
    for (int i = 0; i < memory_count; i++) {
        stalls[i] += memory_access(&memories[i], at, access->stores);
    }
}

/* ---- markers: the program reads MARKERS + 4 * number to open a region, the last word to close it (emulator.c) ---- */

#define MARKERS 0x60ff0000u
#define MARKERS_LAST 0x60fffffcu

static void on_marker(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
    (void)cpu;
    (void)info;
    (void)data;
    if (address == MARKERS_LAST) {
        region_end();
    } else if (address >= MARKERS && address < MARKERS_LAST) {
        region_begin((uint32_t)(address - MARKERS) / 4);
    }
}

/* ---- translation ---- */

static qemu_data_of data_of; /* where this QEMU has the older of two signatures (qemu.h) */

/*
 * Where a page ends, QEMU looks at the instruction behind an instruction, and counts that to its bytes: its own size is
 * in its first halfword.
 */
static void read_halfwords(const struct qemu_plugin_insn *instruction, uint16_t halfwords[2])
{
    uint8_t bytes[4] = {0};
    const size_t size = qemu_plugin_insn_size(instruction);
    if (data_of != NULL) {
        memcpy(bytes, data_of(instruction), size < 4 ? size : 4);
    } else {
        qemu_plugin_insn_data(instruction, bytes, size < 4 ? size : 4);
    }
    halfwords[0] = (uint16_t)(bytes[0] | bytes[1] << 8);
    halfwords[1] = (uint16_t)(bytes[2] | bytes[3] << 8);
}

static void decode_block(Block *block, const struct qemu_plugin_tb *translated)
{
    int conditional = 0; /* instructions that an IT still governs */
    for (int i = 0; i < block->count; i++) {
        const struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(translated, (size_t)i);
        const uint32_t address = (uint32_t)qemu_plugin_insn_vaddr(instruction);
        uint16_t halfwords[2];
        read_halfwords(instruction, halfwords);
        Operation *operation = &block->operations[i];
        decode(operation, address, halfwords[0], halfwords[1], conditional > 0);
        const int governed = predicated_by(halfwords[0]);
        conditional = governed > 0 ? governed : conditional > 0 ? conditional - 1 : 0;
        block->end = address + operation->bytes;
        block->classes[operation->class]++;
        block->macs += operation->macs;
    }
    const Operation *last = &block->operations[block->count - 1];
    const bool backwards = last->branch == BRANCH_CONDITIONAL && last->target != 0 && last->target <= last->address;
    block->branch = last->branch;
    block->taken_counter = backwards ? 3 : 1;
}

static bool is_load(const Block *block, int index, bool beyond)
{
    return index < 0 || index >= block->count ? beyond : (block->operations[index].properties & LOADS) != 0;
}

static void watch(const Block *block, struct qemu_plugin_insn *instruction, int index)
{
    const Operation *operation = &block->operations[index];
    if (operation->access == ACCESS_NONE) {
        return;
    }
    if (block->of_harness) {
        qemu_plugin_register_vcpu_mem_cb(instruction, on_marker, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
        return;
    }
    Access *access = calloc(1, sizeof *access);
    access->index = index;
    access->stores = operation->access == ACCESS_STORE;
    access->several_words = (operation->properties & SEVERAL) != 0;
    access->bank_matters = (operation->properties & LOADS) != 0 && !access->several_words &&
                           (is_load(block, index - 1, true) || is_load(block, index + 1, false));
    qemu_plugin_register_vcpu_mem_cb(instruction, on_access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, access);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *translated)
{
    (void)id;
    const size_t count = qemu_plugin_tb_n_insns(translated);
    if (count > BLOCK_INSTRUCTIONS_MAX) {
        fprintf(stderr, "the timing plugin: a block of %zu instructions\n", count);
        exit(2);
    }
    /* QEMU may translate code again; a block and its accesses are kept, so that callbacks stay valid. */
    Block *block = calloc(1, sizeof *block);
    block->count = (int)count;
    block->operations = calloc(count, sizeof *block->operations);
    block->start = (uint32_t)qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(translated, 0));
    block->function = symbol_at(block->start);
    block->of_harness = symbol_starts_with(block->function, "harness_");
    decode_block(block, translated);
    for (int i = 0; i < block->count; i++) {
        watch(block, qemu_plugin_tb_get_insn(translated, (size_t)i), i);
    }
    qemu_plugin_register_vcpu_tb_exec_cb(translated, on_block, QEMU_PLUGIN_CB_NO_REGS, block);
}

/* ---- start and end ---- */

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    if (running != NULL) {
        leave(UINT32_MAX);
    }
    if (!figures_write(out)) {
        fprintf(stderr, "the timing plugin cannot write %s\n", out);
    }
}

static const char *value_of(const char *argument, const char *name)
{
    const size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments)
{
    if (info->version.newest < 3) {
        data_of = (qemu_data_of)(void (*)(void))qemu_plugin_insn_data;
    }
    for (int i = 0; i < count; i++) {
        const char *value;
        if ((value = value_of(arguments[i], "symbols")) != NULL) {
            symbols_read(value);
        } else if ((value = value_of(arguments[i], "out")) != NULL) {
            out = strdup(value);
        } else if ((value = value_of(arguments[i], "memory")) == NULL || !memory_add(value)) {
            fprintf(stderr, "the timing plugin does not take %s\n", arguments[i]);
            return -1;
        }
    }
    timing_start();
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
    return 0;
}
