/*
 * m7.h - the Cortex-M7 as a dual-issue in-order pipeline: an estimate, from published measurements (pipeline.c).
 *
 * An instruction is decoded once to what matters for time: which registers it reads and writes, in which stage, and
 * what it may share a cycle with.
 */
#ifndef M7_H
#define M7_H

#include <stdbool.h>
#include <stdint.h>

/* Registers: r0 to r15, the flags (GE, too), s0 to s31; d0 to d15 are pairs of those. */
enum { REGISTER_SP = 13, REGISTER_LR, REGISTER_PC, REGISTER_FLAGS, REGISTER_S0, REGISTER_COUNT = REGISTER_S0 + 32 };

enum {
    CLASS_ALU,
    CLASS_ALU_SHIFTED, /* with a shifted operand or a shifted constant */
    CLASS_SHIFT,
    CLASS_DSP, /* DSP, bit fields, extensions, saturation */
    CLASS_MUL,
    CLASS_DUAL_MAC,
    CLASS_DIVIDE,
    CLASS_LOAD_WORD,
    CLASS_LOAD_PART, /* bytes, halfwords */
    CLASS_LOAD_SEVERAL,
    CLASS_STORE,
    CLASS_STORE_SEVERAL,
    CLASS_BRANCH,
    CLASS_FLOAT,
    CLASS_FLOAT_MEMORY,
    CLASS_FLOAT_MOVE,
    CLASS_OTHER,
    CLASS_COUNT
};
extern const char *const class_names[CLASS_COUNT];

/* How an operand is used, which says when it must be there. */
enum {
    USE_EARLY,        /* early ALU or shifter, EX1 */
    USE_BASE,         /* of an address */
    USE_INDEX,        /* of an address */
    USE_LATE,         /* late ALU, EX2 */
    USE_LATE_SHIFTED, /* late ALU whose other operand goes through the shifter: a loaded word comes a cycle later */
    USE_FACTOR,       /* multiplier, EX2 */
    USE_ADDEND,       /* accumulator, EX3 */
    USE_STORED,
    USE_FLOAT,
    USE_FLOAT_ADDEND,
    USE_FLOAT_STORED,
    USE_FLOAT_MOVED,
    USE_CONDITION, /* of a predicted branch: nothing waits */
    USE_COUNT
};

/* What made a result, which says when it is there. */
enum {
    FROM_LONG_AGO,
    FROM_EARLY,
    FROM_LATE,
    FROM_REVERSAL,
    FROM_DSP, /* those of two cycles */
    FROM_MAC,
    FROM_WORD,
    FROM_PART,
    FROM_WRITEBACK,
    FROM_PREDICATED,
    FROM_COMPARISON, /* the flags */
    FROM_FLOAT,
    FROM_FUSED,
    FROM_CHAINED, /* VMLA */
    FROM_FLOAT_LOAD,
    FROM_CORE,     /* a core register moved to the FPU */
    FROM_FPU,      /* the reverse */
    FROM_COUNT
};

enum { BRANCH_NONE, BRANCH_CONDITIONAL, BRANCH_ALWAYS, BRANCH_CALL, BRANCH_INDIRECT, BRANCH_INDIRECT_CALL };

enum { ACCESS_NONE, ACCESS_LOAD, ACCESS_STORE };

/* Properties of an operation, bits. */
enum {
    ALONE = 1,             /* issues alone, for `cycles` */
    OLDER_ONLY = 2,        /* only from the older slot */
    SHIFTS = 4,            /* uses the shifter of EX1 */
    MULTIPLIES = 8,
    LOADS = 16,
    STORES = 32,
    SEVERAL = 64,          /* several words of memory: banks do not matter */
    EARLY_IF_OLDER = 128,  /* add, subtract, move: in EX1 where it is the older one and its operands are there */
    EARLY_ALWAYS = 256,    /* plain shifts: in either slot */
    FLOATS = 512,          /* floating-point arithmetic */
    FLOAT_MULTIPLIES = 1024,
    FLOAT_ACCESS = 2048,
    FLOAT_CONSTANT = 4096,
    BRANCHES = 8192
};

enum { READS_MAX = 20, WRITES_MAX = 18 };

typedef struct {
    uint32_t address;
    uint32_t target;     /* of a branch, where it is known; else 0 */
    uint32_t properties;
    uint8_t bytes;       /* 2 or 4 */
    uint8_t class;
    uint8_t branch;
    uint8_t access;
    uint8_t cycles;      /* where it issues alone */
    uint8_t macs;        /* products */
    uint8_t sets_flags;
    uint8_t read_count, write_count;
    uint8_t reads[READS_MAX], uses[READS_MAX];
    uint8_t writes[WRITES_MAX], origins[WRITES_MAX];
} Operation;

/* `predicated`: in the block of an IT. `second` is 0 for narrow instructions. */
void decode(Operation *operation, uint32_t address, uint16_t first, uint16_t second, bool predicated);
/* Number of instructions that an IT predicates; 0 for any other instruction. */
int predicated_by(uint16_t first);

/* The state between two instructions. The same state is the same bytes. */
typedef struct {
    struct {
        uint8_t origin;
        uint8_t age; /* cycles since it issued */
    } registers[REGISTER_COUNT];
    uint8_t half_full;    /* one instruction was issued in this cycle, of these properties: */
    uint8_t bank;         /* bank of a load + 1; BANK_UNKNOWN, BANK_UNALIGNED */
    uint8_t float_busy;   /* cycles that the FPU's multiplier still blocks others for */
    uint8_t unused[3];    /* the compiler would leave a gap, of any contents */
    uint32_t properties;
} Pipeline;

enum { BANK_UNKNOWN = 0, BANK_UNALIGNED = 3 };

/* Must be called once before. */
void pipeline_start(void);

/* Addresses of accesses; where there was none. */
#define NO_ACCESS UINT32_MAX
/* Marks an address as unaligned. */
#define UNALIGNED 0x80000000u

/*
 * Issues `count` operations and returns the cycles they take. `addresses`: of their accesses. `taken`: the last one is
 * a branch that is taken. `flags_are_early`: they were set three cycles or more before the branch.
 */
int pipeline_run(Pipeline *pipeline, const Operation *operations, int count, const uint32_t *addresses, bool taken,
                 bool *flags_are_early);

#endif
