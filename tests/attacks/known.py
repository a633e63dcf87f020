"""What is known not to be contained, by level and profile, and why it is left so. The list is checked, both ways."""

LOCK = "a lock on a file that all jails are shown can be seen by all; programs need locks"
SOCKETS = "what waits in sockets is memory of the kernel, counted against nobody"

UNCONTAINED: dict[tuple[str, str], dict[str, str]] = {
    ("namespaces", "pure"): {
        "reads_how_its_zygote_was_started": "the way to the package is among the arguments of the interpreter",
    },
    ("namespaces", "tools"): {
        "reads_how_its_zygote_was_started": "the way to the package is among the arguments of the interpreter",
        "locks_a_file_that_all_can_read": LOCK,
        "fills_sockets": SOCKETS,
    },
    ("landlock", "pure"): {
        "reads_how_its_zygote_was_started": "the way to the package is among the arguments of the interpreter",
        "asks_for_the_name_of_the_host": "there is no uts namespace",
        "asks_who_is_at_the_other_end": "there is no pid namespace to hide the worker's number",
        "measures_a_file": "landlock does not govern `stat`",
        "starts_threads_without_end": "without a user namespace the kernel counts all processes of the user together",
        "changes_the_mode_of_a_file": "landlock does not govern the mode of a file",
        "changes_the_age_of_a_file": "landlock does not govern the times of a file",
        "turns_a_pair_around": "landlock does not govern sockets with a path",
    },
}
