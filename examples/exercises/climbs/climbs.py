def longest_climb(values, key=None):
    return values
