"""Starts MiniStack 1.5.33 with its defects worked around that stand in the shop's way; nothing else is changed.

Each workaround says what AWS does, what MiniStack does instead, and so why it is here. What MiniStack cannot do
and the shop can live without is not repaired: tests/contract/known-differences.ts names it.
"""

import json
import string
from email.utils import parseaddr

from ministack.core import iam_actions
from ministack.services.cloudformation import provisioners
from ministack.services import secretsmanager
from ministack.services import ses_v2

handlers = provisioners._RESOURCE_HANDLERS


def fifo_topics_are_fifo():
    """AWS::SNS::Topic with FifoTopic makes a FIFO topic (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html).
    MiniStack's CloudFormation drops the property, so messages lose their group and deduplication ids on the way
    to a FIFO queue; its own CreateTopic keeps it."""
    create = handlers["AWS::SNS::Topic"]["create"]

    def create_with_kind(logical_id, props, stack_name):
        arn, attributes = create(logical_id, props, stack_name)
        if str(props.get("FifoTopic", "")).lower() == "true":
            topic = provisioners._sns._topics[arn]
            topic["attributes"]["FifoTopic"] = "true"
            topic["attributes"]["ContentBasedDeduplication"] = str(
                props.get("ContentBasedDeduplication", "false")).lower()
            topic.update(dedup_cache={}, fifo_seq=0)
        return arn, attributes

    handlers["AWS::SNS::Topic"]["create"] = create_with_kind


def ref_of_a_secret_is_its_arn():
    """Ref of AWS::SecretsManager::Secret is the secret's ARN (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html).
    MiniStack answers its name, so that a role granted `!Ref Secret` is granted nothing."""
    secret = handlers["AWS::SecretsManager::Secret"]
    create, update, delete = secret["create"], secret["update"], secret["delete"]

    def name_of(physical_id):
        for name, record in secretsmanager._secrets.items():
            if record.get("ARN") == physical_id:
                return name
        return physical_id

    def create_by_arn(logical_id, props, stack_name):
        _, attributes = create(logical_id, props, stack_name)
        return attributes["Arn"], attributes

    def update_by_arn(physical_id, old_props, new_props, stack_name, logical_id=None):
        _, attributes = update(name_of(physical_id), old_props, new_props, stack_name, logical_id)
        return attributes["Arn"], attributes

    secret.update(
        create=create_by_arn,
        update=update_by_arn,
        delete=lambda physical_id, props: delete(name_of(physical_id), props),
    )


def made_up_secrets_exclude_punctuation():
    """GenerateSecretString leaves punctuation out when ExcludePunctuation says so (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html).
    MiniStack's CloudFormation reads ExcludeCharacters alone."""
    secret_string = provisioners._sm_secret_string

    def without_punctuation(props):
        generate = props.get("GenerateSecretString")
        if generate and str(generate.get("ExcludePunctuation", "")).lower() == "true":
            excluded = generate.get("ExcludeCharacters", "") + string.punctuation
            props = {**props, "GenerateSecretString": {**generate, "ExcludeCharacters": excluded}}
        return secret_string(props)

    provisioners._sm_secret_string = without_punctuation


def a_secret_without_a_value_has_none():
    """A secret that the template gives no value exists without one: reading it fails with ResourceNotFoundException until PutSecretValue
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html).
    MiniStack's CloudFormation gives it the empty text as its current value."""
    secret = handlers["AWS::SecretsManager::Secret"]
    create = secret["create"]

    def create_empty(logical_id, props, stack_name):
        answer = create(logical_id, props, stack_name)
        if "SecretString" not in props and "GenerateSecretString" not in props:
            for record in secretsmanager._secrets.values():
                if record["ARN"] == answer[1]["Arn"]:
                    record["Versions"] = {}
        return answer

    secret["create"] = create_empty


def mail_is_authorized_on_its_identity():
    """ses:SendEmail is authorized on the sending identity (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html).
    MiniStack's IAM evaluator asks for the resource `*`, which no least-privilege role grants."""
    resource_arn = iam_actions._ses_v2_resource_arn

    def identity_arn(method, path, body, region, account_id):
        if path.rstrip("/") != "/v2/email/outbound-emails":
            return resource_arn(method, path, body, region, account_id)
        address = parseaddr(json.loads(body or b"{}").get("FromEmailAddress", ""))[1]
        identity = address if address in ses_v2._identities else address.rpartition("@")[2]
        return f"arn:aws:ses:{region}:{account_id}:identity/{identity}"

    iam_actions._ses_v2_resource_arn = identity_arn


for workaround in (
    fifo_topics_are_fifo,
    ref_of_a_secret_is_its_arn,
    made_up_secrets_exclude_punctuation,
    a_secret_without_a_value_has_none,
    mail_is_authorized_on_its_identity,
):
    workaround()

if __name__ == "__main__":
    from ministack.app import main

    main()
