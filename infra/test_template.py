"""Checks the template in ways that cfn-lint does not. Run this file with cfn-lint's Python:
"${HASHLAKE_TOOLS:-$HOME/.cache/hashlake-tools}/aws/venv/bin/python" infra/test_template.py"""

import re
import unittest
from pathlib import Path

from cfnlint import decode

HERE = Path(__file__).parent
TEMPLATE, _ = decode.decode(str(HERE / "template.yaml"))

# All asterisks in policies, by statement, with the reason for each.
ASTERISKS = {
    "TlsOnly": {"s3:*", "${LakeBucket.Arn}/*"},  # This statement denies actions.
    "NotTheFunction": {"ec2:*", "*"},  # This statement denies actions.
    "Files": {"arn:${AWS::Partition}:s3:::${Bucket}/v1/*"},  # These are the files of the lake, and each month adds some.
    "Describe": {"*"},  # EC2's describe actions support nothing narrower.
    "Interfaces": {"arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*"},  # Lambda needs these actions before the interfaces exist.
}


def statements(part):
    """All policy statements in a part of the template, at any depth."""
    if isinstance(part, dict):
        if "Effect" in part:
            yield part
        for value in part.values():
            yield from statements(value)
    elif isinstance(part, list):
        for value in part:
            yield from statements(value)


def strings(part):
    if isinstance(part, str):
        yield part
    elif isinstance(part, (dict, list)):
        for value in part.values() if isinstance(part, dict) else part:
            yield from strings(value)


def normalize(text):
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


class TemplateTest(unittest.TestCase):
    def test_every_asterisk_in_a_policy_is_explained(self):
        found = {}
        for statement in statements(TEMPLATE["Resources"]):
            self.assertFalse({"NotAction", "NotResource"} & set(statement), statement)
            named = strings([statement["Action"], statement.get("Resource", [])])
            if wild := {text for text in named if "*" in text}:
                found.setdefault(statement["Sid"], set()).update(wild)
        self.assertEqual(found, ASTERISKS)

    def test_the_readme_documents_every_parameter_with_the_same_default_and_description(self):
        rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", (HERE / "README.md").read_text(), re.M)
        documented = {name: (normalize(default), normalize(text)) for name, default, text in rows}
        camel = {"".join(part.capitalize() for part in name.split("_")): name for name in documented}
        self.assertEqual(len(rows), len(documented))
        self.assertEqual(set(camel), set(TEMPLATE["Parameters"]) - {"Architecture"})  # build.sh sets it.
        for name, capitals in camel.items():
            parameter = TEMPLATE["Parameters"][name]
            text = re.sub(r"\b(%s)\b" % "|".join(camel), lambda found: camel[found[0]], normalize(parameter["Description"]))
            with self.subTest(name):
                self.assertEqual(documented[capitals][0], str(parameter.get("Default", "")))
                self.assertEqual(documented[capitals][1].replace("=", " is "), text.replace("=", " is "))

    def test_every_parameter_is_validated(self):
        for name, parameter in TEMPLATE["Parameters"].items():
            with self.subTest(name):
                self.assertTrue({"AllowedPattern", "AllowedValues", "MinValue"} & set(parameter))

    def test_every_alarm_has_a_section_in_the_runbook(self):
        sections = set(re.findall(r"^## (\S+)$", (HERE / "RUNBOOK.md").read_text(), re.M))
        alarms = [one["Properties"] for one in TEMPLATE["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
        self.assertEqual({alarm["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-") for alarm in alarms}, sections)
        for alarm in alarms:
            with self.subTest(alarm["AlarmName"]):
                section = re.search(r'RUNBOOK\.md, "(.*)"\.$', alarm["AlarmDescription"])[1]
                self.assertTrue(alarm["AlarmName"]["Fn::Sub"].endswith("-" + section))
                self.assertEqual((alarm["AlarmActions"], alarm["OKActions"]), ([{"Ref": "AlarmTopic"}],) * 2)

    def test_resources_that_hold_data_are_kept_when_the_stack_is_deleted(self):
        for name in ["LakeBucket", "LakeBucketPolicy", "CursorTable"]:
            resource = TEMPLATE["Resources"][name]
            self.assertEqual((resource["DeletionPolicy"], resource["UpdateReplacePolicy"]), ("Retain", "Retain"), name)


if __name__ == "__main__":
    unittest.main()
