// Counts what a program asks of the C library, for steady_state.py: put before it by LD_PRELOAD. The counts stand in the
// file that COUNTED_CALLS names, 64 bits each, in the order of `enum Call`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum Call { ALLOCATION, RELEASE, MAPPING, LOCK, WAIT, WAKE, CALLS };

static _Atomic long nowhere[CALLS];
static _Atomic long *counts = nowhere;

__attribute__((constructor)) static void open_counts(void) {
  const char *path = getenv("COUNTED_CALLS");
  const int file = path ? open(path, O_RDWR) : -1;
  if (file < 0) return;
  void *memory = mmap(NULL, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory != MAP_FAILED) counts = memory;
}

static void count(enum Call call) { atomic_fetch_add_explicit(&counts[call], 1, memory_order_relaxed); }

// glibc's own names of its allocator: looking for the next one would allocate.
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

void *malloc(size_t size) { return count(ALLOCATION), __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return count(ALLOCATION), __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { return count(ALLOCATION), __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { return count(ALLOCATION), __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return count(ALLOCATION), __libc_memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
  count(ALLOCATION);
  *result = __libc_memalign(alignment, size);
  return *result ? 0 : 12;
}

void free(void *memory) {
  if (memory) count(RELEASE);
  __libc_free(memory);
}

// What the real one of a name is.
#define NEXT(NAME) static typeof(NAME) *next; if (!next) next = (typeof(NAME) *)dlsym(RTLD_NEXT, #NAME)

void *mmap(void *place, size_t size, int protection, int flags, int file, off_t offset) {
  count(MAPPING);
  return (void *)syscall(SYS_mmap, place, size, protection, flags, file, offset);
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
  NEXT(pthread_mutex_lock);
  return count(LOCK), next(mutex);
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  NEXT(pthread_cond_wait);
  return count(WAIT), next(condition, mutex);
}

int pthread_cond_broadcast(pthread_cond_t *condition) {
  NEXT(pthread_cond_broadcast);
  return count(WAKE), next(condition);
}
