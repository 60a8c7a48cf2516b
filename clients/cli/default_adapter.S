// The file as it is, between two symbols. CROMWELL_ADAPTER is its path.
    .section .rodata
    .balign 32
    .global cromwell_default_adapter
    .global cromwell_default_adapter_end
cromwell_default_adapter:
    .incbin CROMWELL_ADAPTER
cromwell_default_adapter_end:
    .section .note.GNU-stack, "", @progbits
