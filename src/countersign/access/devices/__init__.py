"""Devices: only enrolled browsers and phones may act (A2, A6). Asking, approving, refusing, retiring, and their register."""
