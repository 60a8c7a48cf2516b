"""Answers that are held to a schema, judged by PyPI's jsonschema-rs: the real model, at a
temperature at which it writes whatever it may."""

import json
import unittest

from daemon import DaemonTest
from packages import need

SCHEMAS = [
    {"type": "integer", "minimum": -12, "exclusiveMaximum": 1005},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": ["integer", "null", "boolean"], "minimum": 99.5, "maximum": 300},
    {"type": "string", "minLength": 2, "maxLength": 6},
    {"type": "string", "pattern": "^[a-f]{2}-[0-9]{1,3}$"},
    {"enum": ["red", "gr\u00fcn", 3, None, {"a": [1, 2.5]}]},
    {"anyOf": [{"const": "none"}, {"type": "array", "items": {"type": "integer", "maximum": 9},
                                   "minItems": 2, "maxItems": 4}]},
    {"type": "object", "required": ["degrees", "kind"], "additionalProperties": False,
     "properties": {
        "kind": {"enum": ["C", "F"]}, "degrees": {"type": "integer", "minimum": -40, "maximum": 50},
        "sure": {"type": "number", "minimum": 0.25, "exclusiveMaximum": 1}}},
    {"type": "array", "minItems": 1, "maxItems": 2, "items": {"$ref": "#/$defs/point"}, "$defs": {
        "point": {"type": "object", "required": ["x", "y"], "properties": {
            "x": {"$ref": "#/$defs/place"}, "y": {"$ref": "#/$defs/place"}}},
        "place": {"type": "number", "minimum": -1.5, "maximum": 1.5}}},
]
SEEDS = range(4)


class JsonSchemaTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.jsonschema = need("jsonschema_rs")
        super().setUpClass()

    def answers(self, schema, seed):
        """The answers that were not cut short."""
        status, answer = self.daemon.post("/v1/chat/completions", {
            "messages": [{"role": "user", "content": "Write some value."}],
            "max_tokens": 100, "n": 4, "temperature": 1.6, "seed": seed, "response_format": {
                "type": "json_schema", "json_schema": {"name": "value", "schema": schema}}})
        self.assertEqual(status, 200, answer)
        return [choice["message"]["content"] for choice in answer["choices"]
                if choice["finish_reason"] == "stop"]

    def test_each_answer_is_one_that_the_schema_allows(self):
        for schema in SCHEMAS:
            validator = self.jsonschema.validator_for(schema)
            texts = [text for seed in SEEDS for text in self.answers(schema, seed)]
            self.assertGreater(len(texts), 2 * len(SEEDS), schema)
            for text in texts:
                self.assertTrue(validator.is_valid(json.loads(text)), (schema, text))

    def test_a_keyword_that_is_not_held_to_is_refused_by_its_path(self):
        for keyword, value in [("multipleOf", 3), ("oneOf", [{"type": "null"}]), ("not", {}),
                               ("allOf", [{}]), ("uniqueItems", True), ("prefixItems", [{}]),
                               ("patternProperties", {}), ("minProperties", 1), ("if", {})]:
            schema = {"type": "object", "properties": {"a": {"type": "integer", keyword: value}}}
            status, answer = self.daemon.post("/v1/chat/completions", {
                "messages": [{"role": "user", "content": "Hi"}], "response_format": {
                    "type": "json_schema", "json_schema": {"name": "value", "schema": schema}}})
            self.assertEqual(status, 400, (keyword, answer))
            self.assertEqual(answer["error"]["param"],
                             f"response_format.json_schema.schema.properties.a.{keyword}")


if __name__ == "__main__":
    unittest.main()
