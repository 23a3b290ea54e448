/*
 * qemu.h - the part of QEMU's interface for TCG plugins that is used here, declared by hand: packages of QEMU come
 * without its header. QEMU_API is the version of the interface that the plugin asks for: 1 up to QEMU 8, 2 since.
 */
#ifndef QEMU_H
#define QEMU_H

#include <stddef.h>
#include <stdint.h>

#ifndef QEMU_API
#define QEMU_API 1
#endif

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
typedef struct {
    const char *target;
    struct {
        int oldest, newest; /* versions of the interface that this QEMU has */
    } version;
} qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { QEMU_PLUGIN_CB_NO_REGS = 0 };
enum { QEMU_PLUGIN_MEM_RW = 3 };

typedef void (*qemu_on_translation)(qemu_plugin_id_t id, struct qemu_plugin_tb *block);
typedef void (*qemu_on_execution)(unsigned cpu, void *data);
typedef void (*qemu_on_access)(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data);
typedef void (*qemu_on_exit)(qemu_plugin_id_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_on_translation function);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, qemu_on_execution function, int registers,
                                          void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction, qemu_on_access function, int registers,
                                      int kinds, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_on_exit function, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
unsigned qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);

/* Two signatures under one name: up to version 2 the bytes themselves are returned, since they are copied. */
typedef const void *(*qemu_data_of)(const struct qemu_plugin_insn *instruction);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction, void *to, size_t bytes);

#define QEMU_EXPORT __attribute__((visibility("default")))
extern QEMU_EXPORT int qemu_plugin_version;
QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments);

#endif
