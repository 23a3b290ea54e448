# Network "keywords": include this file, then add $(KEYWORDS_SOURCES) and $(KEYWORDS_CFLAGS) to yours.
KEYWORDS_DIR := $(dir $(lastword $(MAKEFILE_LIST)))
KEYWORDS_SOURCES := $(KEYWORDS_DIR)keywords.c $(KEYWORDS_DIR)keywords_weights.c
KEYWORDS_CFLAGS := -I$(KEYWORDS_DIR) -std=c11 -O2
