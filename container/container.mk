# container: sources of this part.
