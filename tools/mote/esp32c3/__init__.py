"""A model of the ESP32-C3 that runs an unmodified flash image on this machine, for people and tests without a board.

unicorn executes the instructions; here is what lies around the core: memory, the functions of the ROM that firmware calls, UART,
timer, interrupt matrix, watchdogs and reset. Not modelled are memory protection, the radio, and how long things take.
"""
