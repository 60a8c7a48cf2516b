// Which texts explain code, and which are code.
#include "edit/prose.h"

#include <gtest/gtest.h>

namespace cromwell::edit {
namespace {

TEST(Prose, WhatAssistantsSayBeforeTheirCodeIsAnExplanation) {
  for (const char* text : {
           "Here is the updated code:\n",
           "\n  Sure! I renamed it.\n",
           "To fix this, we check the length first.\n",
           "The function `read` now returns early if its path is empty.\nThis is safe.\n",
           "First, the file is opened:\n",
           "It\'s a one-line change:\n",
           "Für leere Listen wird nichts gezählt.\n",
       }) {
    EXPECT_TRUE(is_explanation(text)) << text;
  }
}

TEST(Prose, CodeIsNoExplanation) {
  for (const char* text : {
           "",
           "\n\n",
           "for name in names:\n",
           "if a not in b and c:\n",
           "class A(B):\n",
           "True if done else None\n",
           "# Returns the name of the file.\n",
           "// The lock is held here.\n",
           "\"\"\"Return the name of the file.\"\"\"\n",
           "Foo bar(baz);\n",
           "Map<String, List<Integer>> map = new HashMap<>();\n",
           "SELECT name FROM users WHERE active = 1;\n",
           "CFLAGS = -Wall -Wextra\n",
           "case Kind::kFirst:\n",
           "Done.\n",
           "x = 1\nHere is the code:\n",
       }) {
    EXPECT_FALSE(is_explanation(text)) << text;
  }
}

}  // namespace
}  // namespace cromwell::edit
