"""A Modbus slave that is none of ours: pymodbus, as a program of its own. Its only argument is a serial port."""

import sys

from pymodbus import FramerType
from pymodbus.server import StartSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

UNIT = 7
COILS = [True, False, True, True, False, False, True, False] * 2
INPUTS = [False, True] * 8
INPUT_REGISTERS = [11, 22, 33]

if __name__ == "__main__":
    blocks = (
        [SimData(0, values=COILS, datatype=DataType.BITS)],
        [SimData(0, values=INPUTS, datatype=DataType.BITS)],
        [SimData(0, values=[0] * 10, datatype=DataType.REGISTERS)],
        [SimData(0, values=INPUT_REGISTERS, datatype=DataType.REGISTERS)],
    )
    StartSerialServer(context=SimDevice(UNIT, simdata=blocks), port=sys.argv[1], baudrate=9600, framer=FramerType.RTU)
