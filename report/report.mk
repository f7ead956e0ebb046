# report: sources of this part.
