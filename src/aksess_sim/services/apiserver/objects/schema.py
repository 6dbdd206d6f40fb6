"""The fields of Kubernetes' own types: their names, their protobuf numbers and their shapes, as one table.

kubectl sends reviews and `create` bodies as protobuf from 1.32 on; and a body in any format is checked for fields its
kind does not have. Source: the generated.proto files of k8s.io/api and k8s.io/apimachinery. A field whose own shape
is not described here is OPAQUE: its name is known, JSON passes through unread, protobuf cannot carry it.
"""

from dataclasses import dataclass
from typing import Final

STRING: Final = "string"
INTEGER: Final = "integer"
BOOLEAN: Final = "boolean"
BYTES: Final = "bytes"
TIME: Final = "time"
INT_OR_STRING: Final = "int-or-string"
QUANTITY: Final = "quantity"
OPAQUE: Final = "opaque"


@dataclass(frozen=True)
class Field:
    """One field; `shape` is one of the words above or the name of a message."""

    number: int
    name: str
    shape: str = STRING
    many: bool = False
    mapped: bool = False
    """A map from strings to `shape`."""


Message = tuple[Field, ...]

STATUS = "status"
"""The field only controllers write: its messages are described as far as something here reads them."""


def _fields(described: str) -> Message:
    """Read `number name [shape]` separated by commas; `[]` before a shape means many, `{}` a map.

    What protobuf bodies never carry here, such as a status, is numbered 0.
    """
    fields = []
    for line in described.split(","):
        number, name, shape = (*line.split(), STRING)[:3]
        bare = shape.removeprefix("[]").removeprefix("{}") or STRING
        fields.append(Field(int(number), name, bare, shape.startswith("[]"), shape.startswith("{}")))
    return tuple(fields)


MESSAGES: dict[str, Message] = {
    "ObjectMeta": _fields(
        "1 name, 2 generateName, 3 namespace, 4 selfLink, 5 uid, 6 resourceVersion, 7 generation integer,"
        "8 creationTimestamp time, 9 deletionTimestamp time, 10 deletionGracePeriodSeconds integer,"
        "11 labels {}, 12 annotations {}, 13 ownerReferences []OwnerReference, 14 finalizers [],"
        "17 managedFields []opaque"
    ),
    "OwnerReference": _fields(
        "5 apiVersion, 1 kind, 3 name, 4 uid, 6 controller boolean, 7 blockOwnerDeletion boolean"
    ),
    "LabelSelector": _fields("1 matchLabels {}, 2 matchExpressions []LabelSelectorRequirement"),
    "LabelSelectorRequirement": _fields("1 key, 2 operator, 3 values []"),
    "LocalObjectReference": _fields("1 name"),
    "DeleteOptions": _fields(
        "1 gracePeriodSeconds integer, 2 preconditions Preconditions, 3 orphanDependents boolean,"
        "4 propagationPolicy, 5 dryRun [], 6 ignoreStoreReadErrorWithClusterBreakingPotential boolean"
    ),
    "Preconditions": _fields("1 uid, 2 resourceVersion"),
    "Namespace": _fields("1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus"),
    "NamespaceSpec": _fields("1 finalizers []"),
    "ConfigMap": _fields("1 metadata ObjectMeta, 4 immutable boolean, 2 data {}, 3 binaryData {}bytes"),
    "Secret": _fields("1 metadata ObjectMeta, 5 immutable boolean, 2 data {}bytes, 4 stringData {}, 3 type"),
    "ServiceAccount": _fields(
        "1 metadata ObjectMeta, 2 secrets []opaque, 3 imagePullSecrets []LocalObjectReference,"
        "4 automountServiceAccountToken boolean"
    ),
    "Service": _fields("1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus"),
    "ServiceSpec": _fields(
        "1 ports []ServicePort, 2 selector {}, 3 clusterIP, 18 clusterIPs [], 4 type, 5 externalIPs [],"
        "7 sessionAffinity, 8 loadBalancerIP, 9 loadBalancerSourceRanges [], 10 externalName,"
        "11 externalTrafficPolicy, 12 healthCheckNodePort integer, 13 publishNotReadyAddresses boolean,"
        "14 sessionAffinityConfig opaque, 19 ipFamilies [], 17 ipFamilyPolicy,"
        "20 allocateLoadBalancerNodePorts boolean, 21 loadBalancerClass, 22 internalTrafficPolicy,"
        "23 trafficDistribution"
    ),
    "ServicePort": _fields(
        "1 name, 2 protocol, 6 appProtocol, 3 port integer, 4 targetPort int-or-string, 5 nodePort integer"
    ),
    "Pod": _fields("1 metadata ObjectMeta, 2 spec PodSpec, 3 status PodStatus"),
    "PodTemplateSpec": _fields("1 metadata ObjectMeta, 2 spec PodSpec"),
    "PodSpec": _fields(
        "1 volumes []opaque, 20 initContainers []Container, 2 containers []Container,"
        "34 ephemeralContainers []opaque, 3 restartPolicy, 4 terminationGracePeriodSeconds integer,"
        "5 activeDeadlineSeconds integer, 6 dnsPolicy, 7 nodeSelector {}, 8 serviceAccountName,"
        "9 serviceAccount, 21 automountServiceAccountToken boolean, 10 nodeName, 11 hostNetwork boolean,"
        "12 hostPID boolean, 13 hostIPC boolean, 27 shareProcessNamespace boolean,"
        "14 securityContext opaque, 15 imagePullSecrets []LocalObjectReference, 16 hostname, 17 subdomain,"
        "18 affinity opaque, 19 schedulerName, 22 tolerations []opaque, 23 hostAliases []opaque,"
        "24 priorityClassName, 25 priority integer, 26 dnsConfig opaque, 28 readinessGates []opaque,"
        "29 runtimeClassName, 30 enableServiceLinks boolean, 31 preemptionPolicy, 32 overhead {}quantity,"
        "33 topologySpreadConstraints []opaque, 35 setHostnameAsFQDN boolean, 36 os opaque,"
        "37 hostUsers boolean, 38 schedulingGates []opaque, 39 resourceClaims []opaque,"
        "40 resources ResourceRequirements, 41 hostnameOverride"
    ),
    "Container": _fields(
        "1 name, 2 image, 3 command [], 4 args [], 5 workingDir, 6 ports []ContainerPort,"
        "19 envFrom []opaque, 7 env []EnvVar, 8 resources ResourceRequirements, 23 resizePolicy []opaque,"
        "24 restartPolicy, 25 restartPolicyRules []opaque, 9 volumeMounts []VolumeMount,"
        "21 volumeDevices []opaque, 10 livenessProbe opaque, 11 readinessProbe opaque,"
        "22 startupProbe opaque, 12 lifecycle opaque, 13 terminationMessagePath,"
        "20 terminationMessagePolicy, 14 imagePullPolicy, 15 securityContext opaque, 16 stdin boolean,"
        "17 stdinOnce boolean, 18 tty boolean"
    ),
    "ContainerPort": _fields("1 name, 2 hostPort integer, 3 containerPort integer, 4 protocol, 5 hostIP"),
    "EnvVar": _fields("1 name, 2 value, 3 valueFrom opaque"),
    "ResourceRequirements": _fields("1 limits {}quantity, 2 requests {}quantity, 3 claims []opaque"),
    "VolumeMount": _fields(
        "1 name, 2 readOnly boolean, 7 recursiveReadOnly, 3 mountPath, 4 subPath, 5 mountPropagation,"
        "6 subPathExpr, 8 bindMountOptions []"
    ),
    "Deployment": _fields("1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status ReplicaStatus"),
    "DeploymentSpec": _fields(
        "1 replicas integer, 2 selector LabelSelector, 3 template PodTemplateSpec,"
        "4 strategy DeploymentStrategy, 5 minReadySeconds integer, 6 revisionHistoryLimit integer,"
        "7 paused boolean, 9 progressDeadlineSeconds integer"
    ),
    "DeploymentStrategy": _fields("1 type, 2 rollingUpdate RollingUpdateDeployment"),
    "RollingUpdateDeployment": _fields("1 maxUnavailable int-or-string, 2 maxSurge int-or-string"),
    "ReplicaSet": _fields("1 metadata ObjectMeta, 2 spec ReplicaSetSpec, 3 status ReplicaStatus"),
    "ReplicaSetSpec": _fields(
        "1 replicas integer, 4 minReadySeconds integer, 2 selector LabelSelector, 3 template PodTemplateSpec"
    ),
    "DaemonSet": _fields("1 metadata ObjectMeta, 2 spec DaemonSetSpec, 3 status DaemonSetStatus"),
    "DaemonSetSpec": _fields(
        "1 selector LabelSelector, 2 template PodTemplateSpec, 3 updateStrategy opaque,"
        "4 minReadySeconds integer, 6 revisionHistoryLimit integer"
    ),
    "StatefulSet": _fields("1 metadata ObjectMeta, 2 spec StatefulSetSpec, 3 status ReplicaStatus"),
    "StatefulSetSpec": _fields(
        "1 replicas integer, 2 selector LabelSelector, 3 template PodTemplateSpec,"
        "4 volumeClaimTemplates []opaque, 5 serviceName, 6 podManagementPolicy, 7 updateStrategy opaque,"
        "8 revisionHistoryLimit integer, 9 minReadySeconds integer,"
        "10 persistentVolumeClaimRetentionPolicy opaque, 11 ordinals opaque"
    ),
    "Job": _fields("1 metadata ObjectMeta, 2 spec JobSpec, 3 status JobStatus"),
    "JobSpec": _fields(
        "1 parallelism integer, 2 completions integer, 3 activeDeadlineSeconds integer,"
        "11 podFailurePolicy opaque, 16 successPolicy opaque, 7 backoffLimit integer,"
        "12 backoffLimitPerIndex integer, 13 maxFailedIndexes integer, 4 selector LabelSelector,"
        "5 manualSelector boolean, 6 template PodTemplateSpec, 8 ttlSecondsAfterFinished integer,"
        "9 completionMode, 10 suspend boolean, 14 podReplacementPolicy, 15 managedBy"
    ),
    "Eviction": _fields("1 metadata ObjectMeta, 2 deleteOptions DeleteOptions"),
    "Node": _fields("1 metadata ObjectMeta, 2 spec NodeSpec, 3 status NodeStatus"),
    "NodeSpec": _fields(
        "1 podCIDR, 7 podCIDRs [], 3 providerID, 4 unschedulable boolean, 5 taints []opaque,"
        "6 configSource opaque, 2 externalID"
    ),
    "Event": _fields(
        "1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason, 4 message, 5 source opaque,"
        "6 firstTimestamp, 7 lastTimestamp, 8 count integer, 9 type, 10 eventTime opaque, 11 series opaque,"
        "12 action, 13 related opaque, 14 reportingComponent, 15 reportingInstance"
    ),
    "ObjectReference": _fields("1 kind, 2 namespace, 3 name, 4 uid, 5 apiVersion, 6 resourceVersion, 7 fieldPath"),
    "SelfSubjectAccessReview": _fields("1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status opaque"),
    "SelfSubjectAccessReviewSpec": _fields(
        "1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes"
    ),
    "ResourceAttributes": _fields(
        "1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name,"
        "8 fieldSelector opaque, 9 labelSelector opaque"
    ),
    "NonResourceAttributes": _fields("1 path, 2 verb"),
    "SelfSubjectRulesReview": _fields("1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec, 3 status opaque"),
    "SelfSubjectRulesReviewSpec": _fields("1 namespace"),
    "SelfSubjectReview": _fields("1 metadata ObjectMeta, 2 status opaque"),
    "NamespaceStatus": _fields("0 phase"),
    "ServiceStatus": _fields("0 loadBalancer LoadBalancerStatus"),
    "LoadBalancerStatus": _fields("0 ingress []LoadBalancerIngress"),
    "LoadBalancerIngress": _fields("0 ip"),
    "PodStatus": _fields(
        "0 phase, 0 podIP, 0 startTime, 0 conditions []Condition, 0 containerStatuses []ContainerStatus"
    ),
    "ContainerStatus": _fields("0 name, 0 ready boolean, 0 restartCount integer"),
    "Condition": _fields("0 type, 0 status, 0 reason, 0 message"),
    "NodeStatus": _fields("0 conditions []Condition, 0 addresses []NodeAddress, 0 nodeInfo {}"),
    "NodeAddress": _fields("0 type, 0 address"),
    "ReplicaStatus": _fields(
        "0 replicas integer, 0 readyReplicas integer, 0 updatedReplicas integer,"
        "0 availableReplicas integer, 0 conditions []Condition"
    ),
    "DaemonSetStatus": _fields(
        "0 desiredNumberScheduled integer, 0 currentNumberScheduled integer, 0 numberReady integer,"
        "0 updatedNumberScheduled integer, 0 numberAvailable integer, 0 conditions []Condition"
    ),
    "JobStatus": _fields("0 succeeded integer, 0 startTime, 0 completionTime, 0 conditions []Condition"),
}
