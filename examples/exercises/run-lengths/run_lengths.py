def squeezed(text):
    return []


def spread(pairs):
    return ""
