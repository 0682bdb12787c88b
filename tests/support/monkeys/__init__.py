"""Monkeys: random fingers on the real window of a touch program, with a simulated world and clock behind the pure flow.

    python -m tests.support.monkeys ticket TOUCHES --seed N --size WIDTHxHEIGHT --folder FOLDER [--plant FAULT]

`glass` is the window, `hand` the fingers, `watch` what must always be true, `hall` and `ticket` the world of the ticket
kiosk, `rating` that of the rating terminal, `plants` faults that a monkey must find.
"""
