/* The library OS, as it was linked, inside this program. */
        .section .rodata
        .balign 4096
        .globl unikernel_image, unikernel_image_end
unikernel_image:
        .incbin UNIKERNEL_FILE
unikernel_image_end:
        .section .note.GNU-stack, "", @progbits
