/* What is built apart from this program and lies inside it. */
        .macro image name, file
        .balign 4096
        .globl \name, \name\()_end
\name:
        .incbin "\file"
\name\()_end:
        .endm

        .section .rodata
        image unikernel_image, UNIKERNEL_FILE
        image dsdt_image, DSDT_FILE
        .section .note.GNU-stack, "", @progbits
