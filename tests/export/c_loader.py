"""Runs a signature of a SavedModel by TensorFlow's C++ loader alone, through the C API: no Python package of it.

python c_loader.py LIBRARY DIRECTORY INPUT INPUT.npy OUTPUT OUTPUT.npy, with names of tensors such as decode_latent:0.
"""

import ctypes
import sys

import numpy as np

TYPES = {1: np.float32, 3: np.int32, 9: np.int64, 4: np.uint8}  # TF_DataType


class Output(ctypes.Structure):
    _fields_ = [("operation", ctypes.c_void_p), ("index", ctypes.c_int)]


def declare(library):
    pointer, size, count = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    tensors = [pointer, pointer, count]
    for name, result, arguments in (
        ("TF_NewStatus", pointer, []),
        ("TF_GetCode", ctypes.c_int, [pointer]),
        ("TF_Message", ctypes.c_char_p, [pointer]),
        ("TF_NewGraph", pointer, []),
        ("TF_NewSessionOptions", pointer, []),
        (
            "TF_LoadSessionFromSavedModel",
            pointer,
            [pointer, pointer, ctypes.c_char_p, pointer, count] + 3 * [pointer],
        ),
        ("TF_GraphOperationByName", pointer, [pointer, ctypes.c_char_p]),
        ("TF_AllocateTensor", pointer, [ctypes.c_int, pointer, ctypes.c_int, size]),
        ("TF_TensorData", pointer, [pointer]),
        ("TF_TensorType", ctypes.c_int, [pointer]),
        ("TF_NumDims", ctypes.c_int, [pointer]),
        ("TF_Dim", ctypes.c_int64, [pointer, ctypes.c_int]),
        ("TF_TensorByteSize", size, [pointer]),
        (
            "TF_SessionRun",
            None,
            [pointer, pointer, *tensors, *tensors, pointer, count, pointer, pointer],
        ),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


def main(library, directory, input_name, input_file, output_name, output_file):
    tf = ctypes.CDLL(library)
    declare(tf)
    status, graph = tf.TF_NewStatus(), tf.TF_NewGraph()
    tags = (ctypes.c_char_p * 1)(b"serve")
    session = tf.TF_LoadSessionFromSavedModel(
        tf.TF_NewSessionOptions(), None, directory.encode(), tags, 1, graph, None, status
    )
    assert tf.TF_GetCode(status) == 0, tf.TF_Message(status)

    def place(name):
        operation, index = name.split(":")
        return Output(tf.TF_GraphOperationByName(graph, operation.encode()), int(index))

    array = np.ascontiguousarray(np.load(input_file))
    code = next(code for code, dtype in TYPES.items() if dtype == array.dtype)
    given = tf.TF_AllocateTensor(code, (ctypes.c_int64 * array.ndim)(*array.shape), array.ndim, array.nbytes)
    ctypes.memmove(tf.TF_TensorData(given), array.ctypes.data, array.nbytes)
    made = (ctypes.c_void_p * 1)()
    inputs, outputs = (Output * 1)(place(input_name)), (Output * 1)(place(output_name))
    tf.TF_SessionRun(session, None, inputs, (ctypes.c_void_p * 1)(given), 1, outputs, made, 1, None, 0, None, status)
    assert tf.TF_GetCode(status) == 0, tf.TF_Message(status)
    shape = [tf.TF_Dim(made[0], axis) for axis in range(tf.TF_NumDims(made[0]))]
    content = ctypes.string_at(tf.TF_TensorData(made[0]), tf.TF_TensorByteSize(made[0]))
    np.save(output_file, np.frombuffer(content, TYPES[tf.TF_TensorType(made[0])]).reshape(shape))
    assert "tensorflow" not in sys.modules


if __name__ == "__main__":
    main(*sys.argv[1:])
