// PassCost: what a pass over so many columns takes on this machine, learned from the passes that
// ran: straight lines between a few column counts. A pass moves the two next to it; beyond the
// widest one the last line goes on. Where it was known what it should take, all move a little,
// because a machine that became slower is so for every count. Engine thread only.
#pragma once

#include <array>
#include <cstddef>

namespace cromwell::engine {

inline constexpr std::array kPassColumns{1, 2, 4, 8, 16, 32, 64, 128};
using PassTimes = std::array<double, kPassColumns.size()>;  // ms, for each of kPassColumns

class PassCost {
 public:
  PassCost();                                 // learns
  explicit PassCost(const PassTimes& fixed);  // knows, for tests

  void observe(int columns, double ms);
  void forget();  // the next pass says anew what all take; their shape stays
  bool is_known() const { return known_; }  // a pass has been seen
  double ms(int columns) const;             // columns >= 1

 private:
  struct Place {
    std::size_t left = 0;  // kPassColumns[left] <= columns, and left + 1 is in the table
    double share = 0;      // of the way to the next; above 1 beyond the table
  };
  static Place place_of(int columns);
  void extend();
  void move(std::size_t knot, double deviation, double share);

  PassTimes times_;
  PassTimes seen_{};  // passes near each count; a pass between two counts for both in part
  const bool learns_;
  bool known_;
};

}  // namespace cromwell::engine
