// What a benchmark prints: facts of the run, then one table; for people aligned, for machines one
// JSON object {"fact": value, ..., "rows": [{"column": value, ...}, ...]}.
//   Report report;
//   report.machine(machine);                       // the facts of machine.h
//   report.fact("model", path);
//   report.row({{"m", 2048}, {"GFLOP/s", 231.4}, {"of peak", 0.97, 2}});
//   report.print(json);
// Columns stand in the order of their first appearance; a row need not have them all.
#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/machine.h"

namespace cromwell::bench {

// A text, or a number and how many decimals people see of it (JSON has it whole).
struct Value {
  Value(std::string s) : text(std::move(s)) {}
  Value(const char* s) : text(s) {}
  Value(std::integral auto n) : number(static_cast<double>(n)), is_number(true) {}
  Value(double n, int digits = 1) : number(n), decimals(digits), is_number(true) {}

  std::string shown() const;

  std::string text;
  double number = 0;
  int decimals = 0;
  bool is_number = false;
};

struct Cell {
  Cell(std::string name, Value v) : column(std::move(name)), value(std::move(v)) {}
  Cell(std::string name, double n, int decimals) : column(std::move(name)), value(n, decimals) {}

  std::string column;
  Value value;
};

class Report {
 public:
  void fact(std::string name, Value value);
  void machine(const Machine& machine);
  void row(std::vector<Cell> cells);
  void print(bool json) const;  // to standard output

 private:
  void print_table() const;
  void print_json() const;

  std::vector<Cell> facts_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace cromwell::bench
