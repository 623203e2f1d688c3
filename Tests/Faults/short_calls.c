// Preloaded into a process: its calls of the system do a part of what they are asked, or are interrupted by a signal,
// as POSIX allows them. SHORT_CALLS seeds the choices.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static unsigned long state;

// Programs that it starts are another matter.
__attribute__((constructor)) static void begin(void) { unsetenv("LD_PRELOAD"); }

static unsigned draw(unsigned bound) {
  if (state == 0) {
    const char *seed = getenv("SHORT_CALLS");
    state = 2 * (seed ? strtoul(seed, 0, 10) : 0) + 1;
  }
  state = state * 6364136223846793005UL + 1442695040888963407UL;
  return (unsigned)(state >> 33) % bound;
}

static int interrupted(void) {
  if (draw(3) != 0) return 0;
  errno = EINTR;
  return 1;
}

// Half of the calls are served whole, so that large files are done in time.
static size_t part(size_t count) {
  return count > 1 && draw(2) ? 1 + draw(count > 1 << 20 ? 1 << 20 : (unsigned)count) : count;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t read(int file, void *bytes, size_t count) { return interrupted() ? -1 : REAL(read)(file, bytes, part(count)); }

ssize_t write(int file, const void *bytes, size_t count) {
  return interrupted() ? -1 : REAL(write)(file, bytes, part(count));
}

int fsync(int file) { return interrupted() ? -1 : REAL(fsync)(file); }

int flock(int file, int operation) { return interrupted() ? -1 : REAL(flock)(file, operation); }

// Linux closes the file and says that it was interrupted.
int close(int file) {
  int result = REAL(close)(file);
  return result == 0 && interrupted() ? -1 : result;
}

#define MODE(flags, last) \
  mode_t mode = 0; \
  if ((flags) & O_CREAT) { \
    va_list rest; \
    va_start(rest, last); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, flags)
  return interrupted() ? -1 : REAL(open)(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
  MODE(flags, flags)
  return interrupted() ? -1 : REAL(openat)(folder, path, flags, mode);
}
