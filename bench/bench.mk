# bench: sources of this part.
