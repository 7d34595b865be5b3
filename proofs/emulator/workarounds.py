"""Starts MiniStack 1.5.33 with workarounds for the defects that prevent the shop from working; nothing else is changed.

Each workaround says what AWS does and what MiniStack does instead. proofs/known-differences.ts lists the defects that
the shop can tolerate.
"""

import json
import os
import string
from contextvars import ContextVar
from email.utils import parseaddr

from ministack.core import iam_actions
from ministack.core import iam_evaluator
from ministack.services import apigateway_v1
from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import changesets, engine
from ministack.services.cloudformation import handlers as stack_handlers
from ministack.services.cloudformation import provisioners, stacks
from ministack.services import secretsmanager
from ministack.services import ses_v2

handlers = provisioners._RESOURCE_HANDLERS


def create_fifo_topics():
    """AWS::SNS::Topic with FifoTopic creates a FIFO topic (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html).
    MiniStack's CloudFormation drops the property, so messages to a FIFO queue lose their group and deduplication
    ids; its own CreateTopic supports it."""
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


def resolve_secret_ref_to_arn():
    """Ref of AWS::SecretsManager::Secret is the secret's ARN (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html).
    MiniStack returns its name, so that a role granted `!Ref Secret` is granted nothing."""
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


def exclude_punctuation_from_generated_secrets():
    """GenerateSecretString excludes punctuation with ExcludePunctuation (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html).
    MiniStack's CloudFormation supports ExcludeCharacters only."""
    secret_string = provisioners._sm_secret_string

    def without_punctuation(props):
        generate = props.get("GenerateSecretString")
        if generate and str(generate.get("ExcludePunctuation", "")).lower() == "true":
            excluded = generate.get("ExcludeCharacters", "") + string.punctuation
            props = {**props, "GenerateSecretString": {**generate, "ExcludeCharacters": excluded}}
        return secret_string(props)

    provisioners._sm_secret_string = without_punctuation


def create_secrets_without_value():
    """A secret without a value in the template exists without one: reading it fails with ResourceNotFoundException until PutSecretValue
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html).
    MiniStack's CloudFormation sets the empty string as its value."""
    secret = handlers["AWS::SecretsManager::Secret"]
    create = secret["create"]

    def create_empty(logical_id, props, stack_name):
        created = create(logical_id, props, stack_name)
        if "SecretString" not in props and "GenerateSecretString" not in props:
            for record in secretsmanager._secrets.values():
                if record["ARN"] == created[1]["Arn"]:
                    record["Versions"] = {}
        return created

    secret["create"] = create_empty


def authorize_mail_on_its_identity():
    """ses:SendEmail is authorized on the sending identity (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html).
    MiniStack's IAM evaluator checks the resource `*`, which no least-privilege role grants, and does not know the
    condition key ses:FromAddress."""
    resource_arn = iam_actions._ses_v2_resource_arn
    resolve = iam_evaluator._resolve_condition_key
    sender = ContextVar("sender", default=None)

    def identity_arn(method, path, body, region, account_id):
        if path.rstrip("/") != "/v2/email/outbound-emails":
            return resource_arn(method, path, body, region, account_id)
        address = parseaddr(json.loads(body or b"{}").get("FromEmailAddress", ""))[1]
        sender.set(address)
        identity = address if address in ses_v2._identities else address.rpartition("@")[2]
        return f"arn:aws:ses:{region}:{account_id}:identity/{identity}"

    def resolved(key, ctx):
        return sender.get() if key.lower() == "ses:fromaddress" else resolve(key, ctx)

    iam_actions._ses_v2_resource_arn = identity_arn
    iam_evaluator._resolve_condition_key = resolved


def authorize_batch_calls_as_single_actions():
    """The batch calls of SNS and SQS need the action of the single call; they have no actions of their own
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html and list_amazonsqs.html).
    MiniStack's IAM evaluator checks sns:PublishBatch, which no policy can grant on AWS."""
    single = {
        "sns:PublishBatch": "sns:Publish",
        "sqs:SendMessageBatch": "sqs:SendMessage",
        "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    }
    extract = iam_actions.extract_iam_action

    def single_action(*args, **kwargs):
        action = extract(*args, **kwargs)
        return single.get(action, action)

    iam_actions.extract_iam_action = single_action


def treat_loopback_as_tls():
    """Bucket policies refuse calls without TLS (aws:SecureTransport). The proof calls MiniStack over
    plain HTTP on the loopback interface, because every program would have to trust a certificate for it; so the
    condition has the value that it has on AWS."""
    resolve = iam_evaluator._resolve_condition_key

    def resolved(key, ctx):
        return "true" if key.lower() == "aws:securetransport" else resolve(key, ctx)

    iam_evaluator._resolve_condition_key = resolved


def refuse_too_large_requests():
    """API Gateway accepts 10 MB and Lambda an event of 6 MB; larger requests get the REQUEST_TOO_LARGE gateway response
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html). MiniStack accepts any size."""
    invoke = apigateway_v1._invoke_lambda_proxy_v1
    limit = 6 * 1024 * 1024

    async def invoke_within_limit(integration, api_id, stage_name, stage, resource, request_path, method, headers,
                                  body, *args, **kwargs):
        if len(body or b"") > limit:
            return apigateway_v1._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
        return await invoke(integration, api_id, stage_name, stage, resource, request_path, method, headers, body,
                            *args, **kwargs)

    apigateway_v1._invoke_lambda_proxy_v1 = invoke_within_limit


def convert_boolean_parameters_to_text():
    """A parameter is a string, and true in a template is the string "true"
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
    MiniStack converts it to Python's True, which equals no condition's value."""
    resolve = engine._resolve_parameters

    def text(value):
        return str(value).lower() if isinstance(value, bool) else value

    def resolve_text(template, *args, **kwargs):
        for definition in (template.get("Parameters") or {}).values():
            if "Default" in definition:
                definition["Default"] = text(definition["Default"])
            if "AllowedValues" in definition:
                definition["AllowedValues"] = [text(value) for value in definition["AllowedValues"]]
        return resolve(template, *args, **kwargs)

    for module in (engine, stack_handlers, changesets):
        module._resolve_parameters = resolve_text


def resolve_region_and_account_in_conditions():
    """A condition may refer to pseudo parameters such as AWS::Region
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html).
    MiniStack compares the name "AWS::Region" instead of the region."""
    evaluate = engine._evaluate_conditions

    def with_pseudo_parameters(template, params):
        pseudo = {"AWS::Region": {"Value": get_region()}, "AWS::AccountId": {"Value": get_account_id()}}
        return evaluate(template, {**pseudo, **params})

    for module in (engine, stack_handlers, stacks, changesets):
        module._evaluate_conditions = with_pseudo_parameters


def give_single_shard_clusters_a_configuration_endpoint():
    """A replication group in cluster mode has a configuration endpoint, however many shards it has
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html).
    MiniStack treats one shard as a group without cluster mode, whatever its parameter group sets."""
    attributes_of = provisioners._ec_rg_attrs

    def with_configuration_endpoint(group_id):
        attributes = attributes_of(group_id)
        for name in ("Address", "Port"):
            attributes.setdefault(f"ConfigurationEndPoint.{name}", attributes.get(f"PrimaryEndPoint.{name}", ""))
        return attributes

    provisioners._ec_rg_attrs = with_configuration_endpoint


def store_alarms_on_metric_math():
    """An alarm may watch an expression over several metrics
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html).
    MiniStack rejects it. No alarm has an effect in the proofs, so the first metric takes the expression's place."""
    record = provisioners._cw_metric_alarm_record

    def record_first_metric(name, props):
        metrics = [each["MetricStat"] for each in props.get("Metrics") or [] if "MetricStat" in each]
        if not metrics:
            return record(name, props)
        first = {**metrics[0]["Metric"], "Period": metrics[0]["Period"], "Statistic": metrics[0]["Stat"]}
        return record(name, {**{key: value for key, value in props.items() if key != "Metrics"}, **first})

    provisioners._cw_metric_alarm_record = record_first_metric


class AnyAttribute(dict):
    """The attributes of a resource that is not created: values with the right syntax that refer to nothing."""

    def __init__(self, resource_type, physical_id):
        super().__init__()
        self.resource_type, self.physical_id = resource_type, physical_id

    # An update that changes nothing keeps the attributes only if they are not empty.
    def __bool__(self):
        return True

    def __contains__(self, attribute):
        return attribute != ""

    def __getitem__(self, attribute):
        _, service, kind = (self.resource_type.split("::") + ["", ""])[:3]
        last = attribute.split(".")[-1]
        if last.lower().endswith("arn"):
            between = ":" if service == "RDS" else "/"  # templates read a proxy's id from its ARN
            name = f"{kind.lower()}{between}{self.physical_id}"
            return f"arn:aws:{service.lower()}:{get_region()}:{get_account_id()}:{name}"
        if last.endswith("Port"):
            return "1"
        if last.lower().endswith(("endpoint", "address", "domainname")):
            return f"{self.physical_id.lower()}.invalid"
        return self.physical_id

    def get(self, attribute, default=None):
        return self[attribute]

    def __deepcopy__(self, memo):
        return AnyAttribute(self.resource_type, self.physical_id)


def replace_unsupported_types():
    """Registers a placeholder for each type in left-out.json: those that build/template/resource-types.yml leaves out.
    MiniStack rejects a template with a type without a handler, and most stacks have one. The proof fails for a type that a newer
    MiniStack supports, so that it is created from then on."""
    with open("left-out.json", encoding="utf-8") as file:
        left_out = json.load(file)
    known = [resource_type for resource_type in left_out if resource_type in handlers]
    if known:
        raise SystemExit(f"MiniStack supports {', '.join(known)}: they are not left out in build/template/resource-types.yml")

    def placeholder(resource_type):
        def create(logical_id, props, stack_name):
            physical_id = f"{stack_name}-{logical_id}"
            return physical_id, AnyAttribute(resource_type, physical_id)

        def update(physical_id, old_props, new_props, stack_name, logical_id=None):
            return physical_id, AnyAttribute(resource_type, physical_id)

        return {"create": create, "update": update, "delete": lambda physical_id, props: None}

    for resource_type in left_out:
        handlers[resource_type] = placeholder(resource_type)


for workaround in (
    convert_boolean_parameters_to_text,
    resolve_region_and_account_in_conditions,
    give_single_shard_clusters_a_configuration_endpoint,
    store_alarms_on_metric_math,
    replace_unsupported_types,
    create_fifo_topics,
    resolve_secret_ref_to_arn,
    exclude_punctuation_from_generated_secrets,
    create_secrets_without_value,
    authorize_mail_on_its_identity,
    authorize_batch_calls_as_single_actions,
    treat_loopback_as_tls,
    refuse_too_large_requests,
):
    workaround()

if __name__ == "__main__":
    from ministack.app import main

    main()
