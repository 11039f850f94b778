"""Measuring: programs, engines that run them, and what time or how many instructions that takes."""
