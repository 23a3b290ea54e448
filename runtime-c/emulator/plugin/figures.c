#include "figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- symbols ---- */

typedef struct {
    uint32_t address;
    char *name;
} Symbol;

static Symbol *symbols;
static int symbol_count;

void symbols_read(const char *file)
{
    FILE *from = fopen(file, "r");
    if (from == NULL) {
        fprintf(stderr, "the timing plugin cannot read %s\n", file);
        exit(2);
    }
    char line[1024];
    unsigned address;
    int name;
    while (fgets(line, sizeof line, from) != NULL) {
        if (sscanf(line, "%x %n", &address, &name) == 1) {
            line[strcspn(line, "\n")] = 0;
            symbols = realloc(symbols, (size_t)(symbol_count + 1) * sizeof *symbols);
            symbols[symbol_count++] = (Symbol){.address = address, .name = strdup(line + name)};
        }
    }
    fclose(from);
}

int symbol_at(uint32_t address)
{
    int low = 0, high = symbol_count;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (symbols[middle].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? low - 1 : symbol_count;
}

bool symbol_starts_with(int symbol, const char *prefix)
{
    return symbol < symbol_count && strncmp(symbols[symbol].name, prefix, strlen(prefix)) == 0;
}

/* ---- figures ---- */

typedef struct {
    uint64_t instructions, cycles, mispredictions, macs;
    uint64_t stalls[MEMORIES_MAX];
    uint64_t classes[CLASS_COUNT];
} Figures;

/* Accesses and misses of both caches of a memory. */
typedef struct {
    uint64_t data_accesses, data_misses, code_accesses, code_misses;
} CacheUse;

typedef struct {
    uint32_t number;
    uint64_t count;
    Figures whole;
    Figures *functions; /* one a symbol, and one for code without */
    CacheUse caches[MEMORIES_MAX];
} Region;

enum { DEPTH_MAX = 16 };

static Region **regions;
static int region_count;
static struct {
    Region *region;
    CacheUse before[MEMORIES_MAX];
} open_regions[DEPTH_MAX];
static int depth;

static Block **touched; /* blocks that ran since the last collection */
static int touched_count, touched_room;

void figures_add(Block *block)
{
    if (touched_count == touched_room) {
        touched_room = touched_room == 0 ? 1024 : touched_room * 2;
        touched = realloc(touched, (size_t)touched_room * sizeof *touched);
    }
    touched[touched_count++] = block;
}

static void add(Figures *to, const Block *block)
{
    to->instructions += block->executions * (uint64_t)block->count;
    to->cycles += block->cycles;
    to->mispredictions += block->mispredictions;
    to->macs += block->executions * block->macs;
    for (int i = 0; i < memory_count; i++) {
        to->stalls[i] += block->stalls[i];
    }
    for (int i = 0; i < CLASS_COUNT; i++) {
        to->classes[i] += block->executions * block->classes[i];
    }
}

/* A region that is open twice, by recursion, gets everything once. */
static bool opened_before(int level)
{
    for (int i = 0; i < level; i++) {
        if (open_regions[i].region == open_regions[level].region) {
            return true;
        }
    }
    return false;
}

static void collect(void)
{
    for (int i = 0; i < touched_count; i++) {
        Block *block = touched[i];
        for (int level = 0; level < depth; level++) {
            if (!opened_before(level)) {
                add(&open_regions[level].region->whole, block);
                add(&open_regions[level].region->functions[block->function], block);
            }
        }
        block->executions = block->cycles = block->mispredictions = 0;
        memset(block->stalls, 0, sizeof block->stalls);
    }
    touched_count = 0;
}

static CacheUse use_of(const Memory *memory)
{
    return (CacheUse){memory->data.accesses, memory->data.misses, memory->code.accesses, memory->code.misses};
}

static Region *region_numbered(uint32_t number)
{
    for (int i = 0; i < region_count; i++) {
        if (regions[i]->number == number) {
            return regions[i];
        }
    }
    regions = realloc(regions, (size_t)(region_count + 1) * sizeof *regions);
    Region *region = calloc(1, sizeof *region);
    region->number = number;
    region->functions = calloc((size_t)symbol_count + 1, sizeof *region->functions);
    return regions[region_count++] = region;
}

void region_begin(uint32_t number)
{
    collect();
    if (depth == DEPTH_MAX) {
        fprintf(stderr, "the timing plugin: regions are nested too deeply\n");
        exit(2);
    }
    open_regions[depth].region = region_numbered(number);
    open_regions[depth].region->count++;
    for (int i = 0; i < memory_count; i++) {
        open_regions[depth].before[i] = use_of(&memories[i]);
    }
    depth++;
}

void region_end(void)
{
    collect();
    if (depth == 0) {
        return;
    }
    depth--;
    for (int i = 0; i < memory_count; i++) {
        CacheUse *use = &open_regions[depth].region->caches[i];
        const CacheUse before = open_regions[depth].before[i], now = use_of(&memories[i]);
        use->data_accesses += now.data_accesses - before.data_accesses;
        use->data_misses += now.data_misses - before.data_misses;
        use->code_accesses += now.code_accesses - before.code_accesses;
        use->code_misses += now.code_misses - before.code_misses;
    }
}

/* ---- JSON ---- */

static void print_counts(FILE *to, const char *name, const uint64_t *counts, int count)
{
    fprintf(to, ",\"%s\":[", name);
    for (int i = 0; i < count; i++) {
        fprintf(to, "%s%llu", i > 0 ? "," : "", (unsigned long long)counts[i]);
    }
    fprintf(to, "]");
}

/* Without braces: the caller adds what the figures are of. */
static void print_figures(FILE *to, const Figures *figures)
{
    fprintf(to, "\"instructions\":%llu,\"cycles\":%llu,\"mispredictions\":%llu,\"macs\":%llu",
            (unsigned long long)figures->instructions, (unsigned long long)figures->cycles,
            (unsigned long long)figures->mispredictions, (unsigned long long)figures->macs);
    print_counts(to, "stalls", figures->stalls, memory_count);
    print_counts(to, "classes", figures->classes, CLASS_COUNT);
}

static void print_region(FILE *to, const Region *region)
{
    fprintf(to, "{\"number\":%u,\"count\":%llu,", (unsigned)region->number, (unsigned long long)region->count);
    print_figures(to, &region->whole);
    fprintf(to, ",\"caches\":[");
    for (int i = 0; i < memory_count; i++) {
        const CacheUse use = region->caches[i];
        fprintf(to, "%s[%llu,%llu,%llu,%llu]", i > 0 ? "," : "", (unsigned long long)use.data_accesses,
                (unsigned long long)use.data_misses, (unsigned long long)use.code_accesses,
                (unsigned long long)use.code_misses);
    }
    fprintf(to, "],\"functions\":[");
    const char *between = "\n";
    for (int i = 0; i <= symbol_count; i++) {
        if (region->functions[i].instructions > 0) {
            fprintf(to, "%s{\"name\":\"%s\",", between, i < symbol_count ? symbols[i].name : "?");
            print_figures(to, &region->functions[i]);
            fprintf(to, "}");
            between = ",\n";
        }
    }
    fprintf(to, "]}");
}

bool figures_write(const char *file)
{
    while (depth > 0) {
        region_end();
    }
    FILE *to = fopen(file, "w");
    if (to == NULL) {
        return false;
    }
    fprintf(to, "{\"classes\":[");
    for (int i = 0; i < CLASS_COUNT; i++) {
        fprintf(to, "%s\"%s\"", i > 0 ? "," : "", class_names[i]);
    }
    fprintf(to, "],\n\"regions\":[");
    for (int i = 0; i < region_count; i++) {
        fprintf(to, "%s", i > 0 ? ",\n" : "\n");
        print_region(to, regions[i]);
    }
    fprintf(to, "]}\n");
    return fclose(to) == 0;
}
