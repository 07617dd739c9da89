"""What the words of a post, or the words read in a picture, give away. Plain Python: rules that can be read and argued with."""
