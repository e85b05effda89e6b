#include "textflag.h"

// func Read() uint64
TEXT ·Read(SB), NOSPLIT, $0-8
	LFENCE
	RDTSC
	SHLQ $32, DX
	ORQ  DX, AX
	MOVQ AX, ret+0(FP)
	RET

// func Usable() bool
TEXT ·Usable(SB), NOSPLIT, $0-1
	MOVB  $0, ret+0(FP)
	MOVL  $0x80000000, AX
	XORL  CX, CX
	CPUID
	CMPL  AX, $0x80000007
	JCS   no
	MOVL  $0x80000007, AX
	XORL  CX, CX
	CPUID
	SHRL  $8, DX
	ANDL  $1, DX
	MOVB  DX, ret+0(FP)
no:
	RET
