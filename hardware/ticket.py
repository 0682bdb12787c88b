"""A ticket as a picture and as ESC/POS bytes."""
