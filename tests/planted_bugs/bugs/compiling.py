"""Kernels that are served from the disk although something else was asked for."""

from tests.planted_bugs.bugs.bug import Bug

CACHE = "tests/numerics/test_cache.py"
KERNELS = "tests/numerics/test_kernel_cache.py"
LINK = "tests/numerics/test_link.py"

COMPILING = [
    Bug(
        "kernels of one name are one kernel",
        "numerics/link/kernel_cache.py",
        'function.__qualname__) + "__" + digits',
        'function.__qualname__) + "__" + "0" * 16',
        (f"{KERNELS}::test_functions_of_one_name_are_not_taken_for_each_other",),
    ),
    Bug(
        "a kernel keeps the name that it had when it was first compiled",
        "numerics/link/kernel_cache.py",
        "self._cache = self._by_content()",
        "self._cache = self._cache or self._by_content()",
        (f"{KERNELS}::test_a_global_that_changes_between_two_types_of_argument",),
    ),
    Bug(
        "addresses of tables are kept on disk",
        "numerics/link/kernel_cache.py",
        "return not compiled.lifted and not compiled.library.has_dynamic_globals",
        "return not compiled.lifted",
        (f"{KERNELS}::test_a_table_whose_address_is_compiled_in_is_not_kept",),
    ),
    Bug(
        "kernels below a loaded one are not loaded",
        "numerics/link/kernel_cache.py",
        "provide(payload[0])",
        "provide([])",
        (f"{CACHE}::test_what_a_kernel_calls_apart_is_loaded_first",),
    ),
    Bug(
        "closures of one function are one kernel",
        "numerics/link/fingerprint.py",
        "for cell in function.__closure__ or ():",
        "for cell in ():",
        (f"{KERNELS}::test_functions_of_one_name_are_not_taken_for_each_other",),
    ),
    Bug(
        "helpers stay as they were first compiled",
        "numerics/link/template.py",
        "            return link(value, options=_own_options(value))",
        "            return value",
        (f"{KERNELS}::test_a_number_in_a_helper_of_the_users_changes",),
    ),
    Bug(
        "compiler options do not matter to the cache",
        "numerics/link/fingerprint.py",
        'digest.add("options", _ordered(options))',
        'digest.add("options")',
        (f"{LINK}::test_other_options_are_another_object",),
    ),
    Bug(
        "constants in the code do not matter to the cache",
        "numerics/link/fingerprint.py",
        "for constant in code.co_consts:\n            self.feed(constant)",
        "for constant in code.co_consts[:0]:\n            self.feed(constant)",
        (f"{KERNELS}::test_an_edited_helper_is_compiled_again",),
    ),
    Bug(
        "pieces of code share the functions they were linked with",
        "numerics/link/own_code.py",
        "function.linkage = llvm.Linkage.internal",
        "pass",
        ("tests/numerics/test_own_code.py::test_only_the_function_itself_can_be_found_by_others",),
    ),
    Bug(
        "arrays that a function makes are not counted",
        "numerics/link/borrowing.py",
        "        if self._is_counted(signature.return_type):\n            return False  # also",
        "        if False:\n            return False  # also",
        ("tests/numerics/test_borrowing.py::test_what_may_own_an_array_is_counted",),
    ),
    Bug(
        "products of matrices keep a reference to their result",
        "numerics/link/borrowing.py",
        "        if self._is_counted(signature.return_type):\n            return False  #",
        "        if self._is_counted(signature.return_type) and function.typing_key is not __import__('numpy').dot:\n"
        "            return False  #",
        (
            "tests/numerics/test_borrowing.py::test_products_of_matrices_keep_no_reference_to_their_result",
            "tests/estimators/test_memory.py::test_measuring_loops_release_their_workspaces",
        ),
    ),
    Bug(
        "helpers behind closures and modules are not linked anew",
        "numerics/link/freeze.py",
        "    return relink(value)\n",
        "    return value\n",
        ("tests/numerics/test_freeze.py::test_a_helper_is_linked_as_it_is_now",),
    ),
    Bug(
        "arrays are those of the moment of compilation",
        "numerics/link/freeze.py",
        'return value.copy(order="K")',
        "return value",
        ("tests/numerics/test_freeze.py::test_what_changes_between_linking_and_compiling_is_not_seen",),
    ),
]
