# guests/workloads: sources of this part.
