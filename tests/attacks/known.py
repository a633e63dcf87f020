"""What is known not to be contained, by level and profile, and why it is left so. The list is checked, both ways."""

WAY = "nothing is mounted anew, so that the interpreter lies where it lies; what lies there beside it is not shown"
COMPILED = "compiled files name the folder that they were made for; what else lies there is not shown"
BUILT = "so do the interpreter, its libraries and what its makers leave beside them"
MEMORY = "so do the interpreter's constants, and memory that has held a compiled file"
TASKS = "without a user namespace all processes of the user count, so that the bound is rough; for root there is none"
LOCK = (
    "a user cannot make devices, so that all jails have the host's /dev/null; programs need locks, and seccomp does "
    "not see on what"
)

# These need a Python or packages outside of the system's folders, or a user who is not root.
DEPENDENT = frozenset(
    """
    follows_the_signposts_of_packages reads_compiled_files reads_how_it_looks_from_outside
    reads_how_its_zygote_was_started reads_how_python_was_built searches_a_new_interpreter_for_folders
    searches_its_memory_for_folders starts_threads_without_end
    """.split()
)

UNCONTAINED: dict[tuple[str, str], dict[str, str]] = {
    ("namespaces", "pure"): {},
    ("namespaces", "tools"): {"locks_a_device": LOCK},
    ("landlock", "pure"): {
        "reads_compiled_files": COMPILED,
        "reads_how_python_was_built": BUILT,
        "searches_its_memory_for_folders": MEMORY,
        "reads_how_its_zygote_was_started": WAY,
        "reads_how_it_looks_from_outside": WAY,
        "follows_the_signposts_of_packages": WAY,
        "asks_for_the_name_of_the_host": "there is no uts namespace",
        "asks_who_is_at_the_other_end": "there is no pid namespace to hide the worker's number",
        "measures_a_file": "landlock does not govern `stat`",
        "starts_threads_without_end": TASKS,
    },
}
