/*
 * Names that glibc has and musl lacks, for static libraries of the system that
 * were built with glibc: what is behind them is the same. The 64 is for file
 * sizes that musl always has; the _chk is for bounds that the compiler could
 * not check. The structures that these calls fill are the kernel's, alike in
 * both. Weak: a musl that has a name keeps its own.
 */
#define SAME(name, as)                                                \
    __asm__(".section .text." #name ",\"ax\",@progbits\n.weak " #name \
            "\n.type " #name ", @function\n" #name ": jmp " #as "\n.text")

SAME(open64, open);
SAME(stat64, stat);
SAME(fstat64, fstat);
SAME(lstat64, lstat);
SAME(fcntl64, fcntl);
SAME(mmap64, mmap);
SAME(lseek64, lseek);
SAME(pread64, pread);
SAME(pwrite64, pwrite);
SAME(ftruncate64, ftruncate);
SAME(__memcpy_chk, memcpy);
SAME(__memset_chk, memset);
SAME(__memmove_chk, memmove);
