"""Writing firmware to boards: a file for each tool that can do it. board.json says which ("flasher")."""
