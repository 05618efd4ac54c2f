# An app of the lab.
