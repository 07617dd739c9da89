"""The pages of devices, and the address at which device management reports."""
