# vmm: sources of this part.
