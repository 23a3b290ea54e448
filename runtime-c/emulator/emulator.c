/* The harness on QEMU's mps2-an500 (a Cortex-M7): start-up, faults, files over semihosting, regions that are measured. */
#include "harness.h"

extern uint32_t __stack_top[], __bss_start[], __bss_end[];
extern uint32_t __data_start[], __data_end[];
extern const uint32_t __data_load[];

int main(void);
void reset(void);

/* ---- semihosting: Arm's calls to the debugger, here to QEMU ---- */

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { OPEN_READ_BINARY = 1, OPEN_WRITE_BINARY = 5 };
#define STOPPED_BY_APPLICATION 0x20026u

static uint32_t semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static _Noreturn void stop(uint32_t code)
{
    const uint32_t block[2] = {STOPPED_BY_APPLICATION, code};
    (void)semihost(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}

static uint32_t length(const char *text)
{
    uint32_t count = 0;
    while (text[count] != 0) {
        count++;
    }
    return count;
}

static uint32_t open_file(const char *name, uint32_t mode, uint32_t failure)
{
    const uint32_t block[3] = {(uint32_t)(uintptr_t)name, mode, length(name)};
    const uint32_t handle = semihost(SYS_OPEN, block);
    if (handle == UINT32_MAX) {
        stop(failure);
    }
    return handle;
}

/* SYS_READ and SYS_WRITE answer with the number of bytes that were not moved. Handles are never 0. */
void harness_read(void *to, uint32_t bytes)
{
    static uint32_t handle;
    if (handle == 0) {
        handle = open_file("inputs.bin", OPEN_READ_BINARY, HARNESS_SHORT_INPUT);
    }
    const uint32_t block[3] = {handle, (uint32_t)(uintptr_t)to, bytes};
    if (semihost(SYS_READ, block) != 0) {
        stop(HARNESS_SHORT_INPUT);
    }
}

void harness_write(const void *from, uint32_t bytes)
{
    static uint32_t handle;
    if (handle == 0) {
        handle = open_file("outputs.bin", OPEN_WRITE_BINARY, HARNESS_CANNOT_WRITE);
    }
    const uint32_t block[3] = {handle, (uint32_t)(uintptr_t)from, bytes};
    if (semihost(SYS_WRITE, block) != 0) {
        stop(HARNESS_CANNOT_WRITE);
    }
}

/* ---- regions: the board's CMSDK timer 0 counts down from its reload value; the plugin watches reads of markers ---- */

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define TIMER0_CTRL REGISTER(0x40000000u)
#define TIMER0_VALUE REGISTER(0x40000004u)
#define TIMER0_RELOAD REGISTER(0x40000008u)

#define MARKER(index) REGISTER(0x60ff0000u + 4u * (index))
#define MARKER_END 0x3fffu

uint32_t harness_region_ticks[HARNESS_REGIONS];

static void start_ticks(void)
{
    TIMER0_CTRL = 0;
    TIMER0_RELOAD = UINT32_MAX;
    TIMER0_VALUE = UINT32_MAX;
    TIMER0_CTRL = 1; /* enable, no interrupt */
}

/* Both are out of line: the plugin knows them by their names. */
__attribute__((noinline)) void harness_begin_region(uint32_t number)
{
    (void)MARKER(number);
    harness_region_ticks[number % HARNESS_REGIONS] += TIMER0_VALUE;
}

__attribute__((noinline)) void harness_end_region(uint32_t number)
{
    harness_region_ticks[number % HARNESS_REGIONS] -= TIMER0_VALUE;
    (void)MARKER(MARKER_END);
}

/* ---- stack ---- */

#define STACK_MARK 0xA5C3A5C3u
#define STACK_MARKED_BYTES 0x20000u

static uint32_t marked_from, marked_to;

static uint32_t stack_pointer(void)
{
    uint32_t value;
    __asm__ volatile("mov %0, sp" : "=r"(value));
    return value;
}

void harness_mark_stack(void)
{
    marked_to = stack_pointer() & ~7u;
    marked_from = marked_to - STACK_MARKED_BYTES;
    for (uint32_t at = marked_from; at < marked_to; at += 4) {
        REGISTER(at) = STACK_MARK;
    }
}

uint32_t harness_stack_used(void)
{
    uint32_t at = marked_from;
    while (at < marked_to && REGISTER(at) == STACK_MARK) {
        at += 4;
    }
    return marked_to - at;
}

/* ---- faults and start-up ---- */

static char *append(char *to, const char *text)
{
    while (*text != 0) {
        *to++ = *text++;
    }
    *to = 0;
    return to;
}

static char *append_hex(char *to, uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        *to++ = "0123456789abcdef"[(value >> shift) & 15u];
    }
    *to = 0;
    return to;
}

#define CPACR REGISTER(0xE000ED88u)
#define CFSR REGISTER(0xE000ED28u)
#define MMFAR REGISTER(0xE000ED34u)
#define BFAR REGISTER(0xE000ED38u)

/* `frame`: r0-r3, r12, lr, pc, xpsr as the core pushed them. */
__attribute__((used)) static void report_fault(const uint32_t *frame)
{
    static char message[120];
    char *to = append(message, "fault: cfsr 0x");
    to = append_hex(to, CFSR);
    to = append(append_hex(append(to, ", pc 0x"), frame[6]), ", address 0x");
    to = append_hex(to, (CFSR & 0x80u) != 0 ? MMFAR : BFAR);
    (void)append(to, "\n");
    (void)semihost(SYS_WRITE0, message);
    stop(HARNESS_FAULT);
}

__attribute__((naked)) static void fault(void)
{
    __asm__ volatile("mov r0, sp\n b report_fault");
}

void reset(void)
{
    CPACR |= 0xFu << 20; /* the FPU is off after reset */
    __asm__ volatile("dsb\n isb" ::: "memory");
    const uint32_t *from = __data_load;
    for (uint32_t *to = __data_start; to < __data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = __bss_start; to < __bss_end;) {
        *to++ = 0;
    }
    start_ticks();
    stop((uint32_t)main());
}

/* Initial stack pointer, reset, and the system exceptions; interrupts are never enabled. */
typedef void (*handler)(void);
__attribute__((section(".vectors"), used)) static const struct {
    const uint32_t *stack;
    handler handlers[15];
} vectors = {__stack_top, {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};
