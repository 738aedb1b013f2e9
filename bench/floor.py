"""xlsxwriter alone: writes cells that were prepared before, and nothing else.

``python -m bench.floor CELLS.pickle OUT.xlsx`` prints the seconds it took and the MiB
by which the process grew.
"""

import os
import pickle
import sys

import xlsxwriter

from bench.measure import Watch


def main(source, target):
    """Write the cells of ``source`` to the workbook ``target``."""
    with Watch(os.getpid()) as watch, open(source, "rb") as cells:
        book = xlsxwriter.Workbook(target, {"constant_memory": True})
        text = book.add_format({"num_format": "@"})
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        kinds = pickle.load(cells)
        row = 0
        while batch := pickle.load(cells):
            for line in batch:
                for col, content in enumerate(line):
                    if content is None:
                        continue
                    if isinstance(content, str):
                        sheet.write_string(row, col, content, text)
                    elif kinds[col] == "date":
                        sheet.write_number(row, col, content, date)
                    else:
                        sheet.write_number(row, col, content)
                row += 1
        book.close()
    print(watch.seconds, watch.mebibytes)


if __name__ == "__main__":
    main(*sys.argv[1:])
