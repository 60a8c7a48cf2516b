// Formatting helpers for the order page.

function formatPrice(cents) {
  var euros = cents / 100;
  return euros.toFixed(2) + " EUR";
}

function initials(name) {
  var parts = name.split(" ");
  var result = "";
  for (var i = 0; i < parts.length; i++) {
    result += parts[i][0].toUpperCase();
  }
  return result;
}

module.exports = { formatPrice, initials };
