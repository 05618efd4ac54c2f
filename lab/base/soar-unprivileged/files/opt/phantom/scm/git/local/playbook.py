# A playbook of the lab.
