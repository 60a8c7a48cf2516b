/* Before every scanner: some call the C library's allocator, not the runtime's, which counts. */
#include <stdlib.h>

extern void* (*ts_current_calloc)(size_t, size_t);
extern void (*ts_current_free)(void*);
#define calloc ts_current_calloc
#define free ts_current_free
