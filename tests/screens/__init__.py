"""Real Kivy windows, offscreen."""
