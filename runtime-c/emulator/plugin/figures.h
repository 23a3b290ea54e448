/* figures.h - what was counted, by region and function, and its output as JSON. */
#ifndef FIGURES_H
#define FIGURES_H

#include "block.h"

/* Reads lines of "address name", addresses hexadecimal and ascending. Ends the process where it cannot. */
void symbols_read(const char *file);
/* Index of the function at an address. */
int symbol_at(uint32_t address);
/* The name starts with `prefix`. */
bool symbol_starts_with(int symbol, const char *prefix);

/* Must be told of every block since the last collection once. */
void figures_add(Block *block);

/* Regions are numbered by the program and may nest. What runs outside of all is not counted. */
void region_begin(uint32_t number);
void region_end(void);

/* Returns false where the file cannot be written. */
bool figures_write(const char *file);

#endif
