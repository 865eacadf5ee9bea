"""What the template promises beyond being valid: run by cfn-lint's Python,
"${HASHLAKE_TOOLS:-$HOME/.cache/hashlake-tools}/aws/venv/bin/python" infra/test_template.py"""

import re
import unittest
from pathlib import Path

from cfnlint import decode

HERE = Path(__file__).parent
TEMPLATE, _ = decode.decode(str(HERE / "template.yaml"))

# Where an asterisk stands in a policy, by the statement's name, and why it may.
ASTERISKS = {
    "TlsOnly": {"s3:*", "${LakeBucket.Arn}/*"},  # A denial.
    "NotTheFunction": {"ec2:*", "*"},  # A denial.
    "Files": {"arn:${AWS::Partition}:s3:::${Bucket}/v1/*"},  # The lake's files, whose names come with the months.
    "Look": {"*"},  # EC2 takes nothing narrower for what describes.
    "Interfaces": {"arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*"},  # Lambda asks before there are any.
}


def statements(part):
    """All statements of policies that are anywhere in a part of the template."""
    if isinstance(part, dict):
        if "Effect" in part:
            yield part
        for value in part.values():
            yield from statements(value)
    elif isinstance(part, list):
        for value in part:
            yield from statements(value)


def texts(part):
    if isinstance(part, str):
        yield part
    elif isinstance(part, (dict, list)):
        for value in part.values() if isinstance(part, dict) else part:
            yield from texts(value)


def squash(text):
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


class Template(unittest.TestCase):
    def test_an_asterisk_is_only_where_it_is_explained(self):
        found = {}
        for statement in statements(TEMPLATE["Resources"]):
            self.assertFalse({"NotAction", "NotResource"} & set(statement), statement)
            named = texts([statement["Action"], statement.get("Resource", [])])
            if wild := {text for text in named if "*" in text}:
                found.setdefault(statement["Sid"], set()).update(wild)
        self.assertEqual(found, ASTERISKS)

    def test_every_parameter_is_explained_in_the_readme_as_it_is_here(self):
        rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", (HERE / "README.md").read_text(), re.M)
        told = {name: (squash(default), squash(text)) for name, default, text in rows}
        camel = {"".join(part.capitalize() for part in name.split("_")): name for name in told}
        self.assertEqual(len(rows), len(told))
        self.assertEqual(set(camel), set(TEMPLATE["Parameters"]) - {"Architecture"})  # build.sh says which that is.
        for name, capitals in camel.items():
            parameter = TEMPLATE["Parameters"][name]
            text = re.sub(r"\b(%s)\b" % "|".join(camel), lambda found: camel[found[0]], squash(parameter["Description"]))
            with self.subTest(name):
                self.assertEqual(told[capitals][0], str(parameter.get("Default", "")))
                self.assertEqual(told[capitals][1].replace("=", " is "), text.replace("=", " is "))

    def test_no_parameter_takes_just_anything(self):
        for name, parameter in TEMPLATE["Parameters"].items():
            with self.subTest(name):
                self.assertTrue({"AllowedPattern", "AllowedValues", "MinValue"} & set(parameter))

    def test_every_alarm_has_a_page_in_the_runbook(self):
        pages = set(re.findall(r"^## (\S+)$", (HERE / "RUNBOOK.md").read_text(), re.M))
        alarms = [one["Properties"] for one in TEMPLATE["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
        self.assertEqual({alarm["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-") for alarm in alarms}, pages)
        for alarm in alarms:
            with self.subTest(alarm["AlarmName"]):
                page = re.search(r'RUNBOOK\.md, "(.*)"\.$', alarm["AlarmDescription"])[1]
                self.assertTrue(alarm["AlarmName"]["Fn::Sub"].endswith("-" + page))
                self.assertEqual((alarm["AlarmActions"], alarm["OKActions"]), ([{"Ref": "AlarmTopic"}],) * 2)

    def test_what_holds_data_stays_when_the_stack_goes(self):
        for name in ["LakeBucket", "LakeBucketPolicy", "CursorTable"]:
            resource = TEMPLATE["Resources"][name]
            self.assertEqual((resource["DeletionPolicy"], resource["UpdateReplacePolicy"]), ("Retain", "Retain"), name)


if __name__ == "__main__":
    unittest.main()
