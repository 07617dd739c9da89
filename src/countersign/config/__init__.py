"""Settings, addresses and the command line: wires everything, imported by nothing."""
