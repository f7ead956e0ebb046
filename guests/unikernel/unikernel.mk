# guests/unikernel: sources of this part.
