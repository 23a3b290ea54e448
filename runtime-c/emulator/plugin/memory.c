#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As the linker script lays it out (mps2-an500.ld). */
#define CODE_END 0x00800000u
#define DTCM 0x60f00000u
#define DTCM_END 0x60f80000u
#define PERIPHERALS 0x40000000u
#define PSRAM_HIGH_BYTE 0x60u
#define NO_LINE UINT32_MAX

Memory memories[MEMORIES_MAX];
int memory_count;

static void cache_start(Cache *cache, uint32_t bytes, uint32_t ways)
{
    if (bytes == 0) {
        return;
    }
    const size_t lines = bytes / LINE_BYTES;
    cache->ways = ways;
    cache->sets = (uint32_t)(lines / ways);
    cache->lines = malloc(lines * sizeof *cache->lines);
    memset(cache->lines, 0xff, lines * sizeof *cache->lines);
    cache->latest = calloc(cache->sets, 1);
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Returns true for a miss. A free way is filled first, then the replacement is pseudo-random, as the core's is. */
static bool cache_misses(Cache *cache, uint32_t *random, uint32_t address)
{
    const uint32_t line = address >> LINE_SHIFT;
    const uint32_t set = line & (cache->sets - 1);
    uint32_t *lines = cache->lines + set * cache->ways;
    cache->accesses++;
    if (lines[cache->latest[set]] == line) {
        return false;
    }
    uint32_t free = cache->ways;
    for (uint32_t way = 0; way < cache->ways; way++) {
        if (lines[way] == line) {
            cache->latest[set] = (uint8_t)way;
            return false;
        }
        if (lines[way] == NO_LINE && free == cache->ways) {
            free = way;
        }
    }
    const uint32_t way = free < cache->ways ? free : next_random(random) & (cache->ways - 1);
    lines[way] = line;
    cache->latest[set] = (uint8_t)way;
    cache->misses++;
    return true;
}

bool memory_add(const char *text)
{
    uint32_t data, data_ways, code, code_ways, coupled;
    if (memory_count == MEMORIES_MAX) {
        return false;
    }
    Memory *memory = &memories[memory_count];
    const int fields =
        sscanf(text, "%u:%u:%u:%u:%u:%u:%u:%u", &data, &data_ways, &code, &code_ways, &memory->constant_penalty,
               &memory->data_penalty, &memory->fetch_penalty, &coupled);
    if (fields != 8 || data_ways == 0 || code_ways == 0) {
        return false;
    }
    memory->data_is_tightly_coupled = coupled != 0;
    memory->random = 0x1234567u;
    cache_start(&memory->data, data, data_ways);
    cache_start(&memory->code, code, code_ways);
    memory_count++;
    return true;
}

uint32_t memory_access(Memory *memory, uint32_t address, bool stores)
{
    const bool constant = address < CODE_END;
    const bool cached = address < PERIPHERALS || address >> 24 == PSRAM_HIGH_BYTE;
    const bool coupled = (memory->data_is_tightly_coupled && !constant) || (address >= DTCM && address < DTCM_END);
    if (memory->data.sets == 0 || !cached || coupled) {
        return 0;
    }
    if (!cache_misses(&memory->data, &memory->random, address) || stores) {
        return 0;
    }
    return constant ? memory->constant_penalty : memory->data_penalty;
}

uint32_t memory_fetch(Memory *memory, uint32_t address)
{
    if (memory->code.sets == 0 || !cache_misses(&memory->code, &memory->random, address)) {
        return 0;
    }
    return memory->fetch_penalty;
}
